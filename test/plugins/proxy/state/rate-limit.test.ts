import t from 'tap'
import fc from 'fast-check'
import { expectedTokens } from '../../../../plugins/proxy/selection/routed-call.ts'
import { RateLimit } from '../../../../plugins/proxy/state/rate-limit.ts'
import type { Allowance } from '../../../../plugins/proxy/state/rate-limit.ts'
import type { HulumanageError } from '../../../../src/contract/index.ts'
import { MemoryStore } from '../../../../src/store/memory/memory-store.ts'
import { ask, callOf } from '../../../call.ts'
import { answer, error, gate } from '../../../fake-provider.ts'
import { proxyOver, received } from '../proxy.ts'

const minute = 60_000

const limitOf = (allowance: Allowance) => new RateLimit(allowance, 0, 'p', new MemoryStore(() => 1))

t.test('a minute allows `rpm` calls, and the next once there is room for it', async t => {
  const limit = limitOf({ rpm: 3 })
  for (let call = 0; call < 3; call++) {
    t.equal(limit.readyIn(1_000_000, 0), 0)
    limit.reserve(1_000_000, 0)
  }
  t.equal(limit.readyIn(1, 0), minute / 3)
  t.equal(limit.readyIn(1, minute / 3), 0)
})

t.test('tokens are reserved before a call and settled after it', async t => {
  const limit = limitOf({ tpm: 1_000 })
  limit.reserve(800, 0)
  t.equal(limit.readyIn(500, 0), (300 / 1_000) * minute)
  limit.settle(800, 100, 0)
  t.equal(limit.readyIn(500, 0), 0)
  limit.settle(0, 900, 0)
  t.equal(limit.readyIn(500, 0), minute / 2)
})

t.test('a call that expects more than a minute allows starts once nothing has been used', async t => {
  const limit = limitOf({ tpm: 100 })
  t.equal(limit.readyIn(5_000, 0), 0)
  t.equal(limit.reserve(5_000, 0), 100)
  t.equal(limit.readyIn(1, 0), minute / 100)
  limit.settle(100, 300, 0)
  t.equal(limit.readyIn(1, 0), (201 / 100) * minute)
})

t.test('no maximum of one client makes the others wait for longer than a minute', async t => {
  const limit = limitOf({ tpm: 1_000 })
  const absurd = expectedTokens({ model: 'm', messages: [], max_tokens: Number.MAX_SAFE_INTEGER, n: 16 })
  limit.settle(limit.reserve(absurd, 0), 10, 0)
  t.equal(limit.readyIn(990, 0), 0)
})

t.test('a reload changes what is allowed, not what has been used', async t => {
  const limit = limitOf({ rpm: 2 })
  limit.reserve(0, 0)
  limit.reserve(0, 0)
  limit.configure({ rpm: 3 }, 0)
  t.equal(limit.readyIn(0, 0), 0)
  limit.reserve(0, 0)
  t.not(limit.readyIn(0, 0), 0)
  limit.configure({}, 0)
  t.equal(limit.readyIn(0, 0), 0)
})

t.test("whenever calls come, no period has more than its share plus one minute's", async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 100 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), gaps, (rpm, times) => {
      const limit = limitOf({ rpm })
      const sent: number[] = []
      let now = 0
      for (const gap of times) {
        now += gap
        if (limit.readyIn(1, now) !== 0) continue
        limit.reserve(1, now)
        sent.push(now)
      }
      return sent.every((from, first) =>
        sent.slice(first).every((to, more) => more + 1 <= rpm + ((to - from) / minute) * rpm + 1e-6),
      )
    }),
  )
})

t.test('a request is expected to use its prompt and the longest answer, for each choice', async t => {
  const text = 'x'.repeat(400)
  t.equal(expectedTokens(ask(text, { max_tokens: 50 })), 150)
  t.equal(expectedTokens(ask(text, { max_completion_tokens: 50, n: 3 })), 250)
  t.equal(expectedTokens(ask(text)), 1_100)
  t.equal(expectedTokens({ model: 'm', messages: [], input: 'x'.repeat(398) }, 'embeddings'), 100)
})

t.test('a provider that has used up its limit is skipped, even across priorities and fallbacks', async t => {
  const { fakes, pool, send } = await proxyOver(t, [answer(), answer(), answer()], {}, [
    { rate_limit: { rpm: 2 } },
    { priority: 1, rate_limit: { rpm: 1 } },
    { fallback_only: true },
  ])
  for (let time = 0; time < 5; time++) await send()
  t.strictSame(received(fakes), [2, 1, 2])
  t.equal(pool.get('a')?.state.status, 'healthy')
})

t.test('if no other can answer, a call waits until the limit allows it', async t => {
  const { fakes, pool, send } = await proxyOver(t, [answer()], {}, [{ rate_limit: { rpm: 6_000 } }])
  const limit = pool.get('a')!.state.rateLimit!
  for (let call = 0; call < 6_000; call++) limit.reserve(0, performance.now())
  await Promise.all([send(), send(), send()])
  t.strictSame(received(fakes), [3])
})

t.test('tokens that a call did not use let the next one start', async t => {
  const open = gate()
  const { fakes, slots, send } = await proxyOver(t, [undefined], {}, [{ rate_limit: { tpm: 5_000 } }])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer()
  })
  const request = ask('hello', { max_tokens: 5_000 })
  const first = send(request)
  await fakes[0]!.waitFor(1)
  const second = send(ask('hello', { max_tokens: 4_000 }))
  t.equal(slots.waiting, 1)
  open.release()
  await Promise.all([first, second])
  t.strictSame(received(fakes), [2])
})

t.test('calls released together do not spend the same budget twice', async t => {
  const open = gate()
  const { fakes, slots, send } = await proxyOver(t, [undefined], {}, [{ rate_limit: { tpm: 3_000 } }])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer()
  })
  const first = send(ask('hello', { max_tokens: 3_000 }))
  await fakes[0]!.waitFor(1)
  const others = Array.from({ length: 5 }, () => send(ask('hello', { max_tokens: 1_400 })))
  open.step()
  await first
  await fakes[0]!.waitFor(3)
  t.equal(slots.running, 2)
  t.equal(slots.waiting, 3)
  open.release()
  await Promise.all(others)
  t.strictSame(received(fakes), [6])
})

t.test('a call that failed has used no tokens', async t => {
  const { fakes, send } = await proxyOver(t, [[error(500), answer()]], {}, [{ rate_limit: { tpm: 5_000 } }])
  const request = ask('hello', { max_tokens: 5_000 })
  await t.rejects(send(request))
  await send(request)
  t.strictSame(received(fakes), [2])
})

t.test('if no provider can answer within queue.timeout, the client is told when to retry', async t => {
  const queue = { timeout: 0.02 }
  const { send } = await proxyOver(t, [answer(), answer()], { queue }, [
    { rate_limit: { rpm: 2 } },
    { rate_limit: { rpm: 1 } },
  ])
  await Promise.all([send(), send(), send()])
  const thrown = (await send().catch((error: unknown) => error)) as HulumanageError
  t.match(thrown, { code: 'rate_limit_exceeded', status: 429 })
  t.ok(thrown.retryAfter! > 0 && thrown.retryAfter! <= 30, 'when the first of them allows a call again')
})

t.test('a call that waits for a limit does not hold up those for other providers', async t => {
  const { fakes, slots, send } = await proxyOver(t, [answer(), answer()], {}, [
    { rate_limit: { rpm: 1 }, models: ['gpt-3'] },
    { models: ['gpt-4'] },
  ])
  await send(ask('x', { model: 'gpt-3' }))
  const call = callOf('leaver')
  const waiting = send(ask('x', { model: 'gpt-3' }), call)
  t.equal(slots.waiting, 1)
  await send(ask('x', { model: 'gpt-4' }))
  call.controller.abort(new Error('gone'))
  await t.rejects(waiting, { message: 'gone' })
  t.strictSame(received(fakes), [1, 1])
})
