import type { Test } from 'tap'
import t from 'tap'
import { RateLimit } from '../../../../plugins/proxy/state/rate-limit.ts'
import { realPacing } from '../../../../plugins/proxy/retry.ts'
import { MemoryStore } from '../../../../src/store/memory/memory-store.ts'
import { ask } from '../../../call.ts'
import { answer, fakeProvider, gate } from '../../../fake-provider.ts'
import { twoStores } from '../../../store/two-stores.ts'
import { entryOf, proxyFrom, received } from '../proxy.ts'

const allowance = { tpm: 5_000 }

/** A proxy of one of two servers, and what the other has left of the limit of its provider. */
async function proxyBeside(t: Test) {
  const [store, other] = await twoStores(t)
  const fake = await fakeProvider(t, answer())
  const providers = [entryOf(fake.url, 0, { rate_limit: allowance })]
  const proxy = proxyFrom(t, { providers, queue: { timeout: 30 } }, realPacing, store)
  const limit = new RateLimit(allowance, 'a', other)
  /** Reserves tokens as the other server does before a call. */
  const reserve = async (tokens: number) => {
    while (limit.readyIn(tokens, performance.now()) === undefined) await limit.ask(tokens, performance.now())
    return limit.reserve(tokens, performance.now())
  }
  return { ...proxy, fakes: [fake], limit, reserve }
}

t.test('a call that waits in vain for tokens that another server has used is refused at once', async t => {
  const { limit, reserve, send, slots } = await proxyBeside(t)
  limit.settle(await reserve(4_500), 4_500, performance.now())
  await t.rejects(send(ask('hello', { max_tokens: 4_000 })), {
    code: 'rate_limit_exceeded',
    status: 429,
    retryAfter: /^([6-9]|[1-5]\d|6[012])$/,
  })
  t.equal(slots.waiting, 0)
})

t.test('a call waits for tokens that another server has reserved and may give back', async t => {
  const { fakes, limit, reserve, send } = await proxyBeside(t)
  const reserved = await reserve(4_500)
  const answered = send(ask('hello', { max_tokens: 4_000 }))
  limit.settle(reserved, 100, performance.now())
  t.ok(await answered)
  t.strictSame(received(fakes), [1])
})

t.test('a short call that runs makes no call wait in vain for what longer ones have used', async t => {
  const open = gate()
  const fake = await fakeProvider(t, async () => {
    await open.pass()
    return answer()
  })
  const providers = [entryOf(fake.url, 0, { rate_limit: allowance })]
  const { pool, send, slots } = proxyFrom(
    t,
    { providers, queue: { timeout: 30 } },
    realPacing,
    new MemoryStore(() => 1),
  )
  const limit = pool.get('a')!.state.rateLimit!
  limit.settle(limit.reserve(4_000, performance.now()), 4_000, performance.now())
  const settled = Promise.allSettled([send(ask('hello', { max_tokens: 10 }))])
  await open.reached(1)
  await t.rejects(send(ask('hello', { max_tokens: 4_000 })), { code: 'rate_limit_exceeded' })
  t.equal(slots.waiting, 0)
  open.release()
  t.match(await settled, [{ status: 'fulfilled' }])
})
