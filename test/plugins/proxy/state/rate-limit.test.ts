import { mock } from 'node:test'
import t from 'tap'
import fc from 'fast-check'
import { expectedTokens } from '../../../../plugins/proxy/selection/routed-call.ts'
import { RateLimit } from '../../../../plugins/proxy/state/rate-limit.ts'
import type { Allowance } from '../../../../plugins/proxy/state/rate-limit.ts'
import type { HulumanageError } from '../../../../src/contract/index.ts'
import { MemoryHub } from '../../../../src/store/memory/memory-hub.ts'
import { MemoryStore } from '../../../../src/store/memory/memory-store.ts'
import { ask, callOf } from '../../../call.ts'
import { answer, error, gate, hold } from '../../../fake-provider.ts'
import { TestClock } from '../../../test-clock.ts'
import { proxyOver, received } from '../proxy.ts'

const minute = 60_000
/** By how much longer than a minute what was used may count. */
const graceMs = 1_500

const limitOf = (allowance: Allowance) => new RateLimit(allowance, 'p', new MemoryStore(() => 1))

t.test('a minute allows `rpm` calls, and the next once the first of them is over a minute ago', async t => {
  const limit = limitOf({ rpm: 3 })
  limit.reserve(1_000_000, 0)
  for (const now of [20_000, 20_000]) {
    t.equal(limit.readyIn(1_000_000, now), 0)
    limit.reserve(1_000_000, now)
  }
  const waitMs = limit.readyIn(1, 30_000)!
  t.ok(waitMs > minute - 30_000 && waitMs <= minute - 30_000 + graceMs, `${waitMs} ms`)
  t.equal(limit.readyIn(1, 30_000 + waitMs), 0)
  limit.reserve(1, 30_000 + waitMs)
  t.ok(limit.readyIn(1, 30_000 + waitMs)! > 0)
})

t.test('tokens are reserved before a call and settled after it', async t => {
  const limit = limitOf({ tpm: 1_000 })
  const reserved = limit.reserve(800, 0)
  t.ok(limit.readyIn(500, 0)! >= minute)
  limit.settle(reserved, 100, 10_000)
  t.equal(limit.readyIn(900, 10_000), 0)
  t.ok(limit.readyIn(901, 10_000)! > 0)
  limit.settle(limit.reserve(0, 10_000), 900, 10_000)
  t.ok(limit.readyIn(500, minute + graceMs)! > 0, 'used later, so available again later')
  t.equal(limit.readyIn(500, 10_000 + minute + graceMs), 0)
})

t.test('a reservation that no longer counts takes nothing back from later calls', async t => {
  const limit = limitOf({ tpm: 1_000 })
  const long = limit.reserve(1_000, 0)
  limit.reserve(600, 90_000)
  limit.settle(long, 10, 90_000)
  t.equal(limit.readyIn(400, 90_000), 0)
  t.ok(limit.readyIn(401, 90_000)! > 0)
})

t.test('a call that expects more than a minute allows starts once nothing has been used', async t => {
  const limit = limitOf({ tpm: 100 })
  t.equal(limit.readyIn(5_000, 0), 0)
  const reserved = limit.reserve(5_000, 0)
  t.equal(reserved.tokens, 100)
  t.ok(limit.readyIn(1, 0)! >= minute)
  limit.settle(reserved, 300, 0)
  t.equal(limit.readyIn(5_000, minute + graceMs), 0)
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
  limit.configure({ rpm: 3 })
  t.equal(limit.readyIn(0, 0), 0)
  limit.reserve(0, 0)
  t.not(limit.readyIn(0, 0), 0)
  limit.configure({})
  t.equal(limit.readyIn(0, 0), 0)
})

/** Pauses between calls: many at once, then some that straddle minutes. */
const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ max: 70_000, min: 0 })), { maxLength: 150 })

/** The most of the given times that are in any 60 seconds. */
function mostInAMinute(times: readonly number[]): number {
  const counts = times.map(from => times.filter(time => time >= from && time < from + minute).length)
  return Math.max(0, ...counts)
}

t.test('whenever calls come, no window of 60 s has more than `rpm` of them', async t => {
  let straddled = 0
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), gaps, (rpm, pauses) => {
      const limit = limitOf({ rpm })
      const sent: number[] = []
      let now = 0
      for (const pause of pauses) {
        now += pause
        // Every other call comes at the first moment that the limit allows.
        if (pause % 2 === 0) now += limit.readyIn(1, now)!
        if (limit.readyIn(1, now) !== 0) continue
        limit.reserve(1, now)
        sent.push(now)
      }
      if (sent.length > rpm) straddled++
      return mostInAMinute(sent) <= rpm
    }),
  )
  t.ok(straddled > 10, 'most runs are longer than one minute')
})

t.test('whichever server sends them, no window of 60 s has more than `rpm` calls', async () => {
  const servers = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 0, max: 30_000 })), { maxLength: 80 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10 }), servers, async (rpm, calls) => {
      let now = 0
      const shared = new MemoryHub(() => 1, { now: () => now })
      const hubs = ['one', 'two', 'three'].map(peer => shared.join(peer, () => {}))
      const sent: number[] = []
      for (const [server, pause] of calls) {
        now += pause
        const shortage = await hubs[server]!.draw('calls:p', rpm, 1, false)
        if (shortage && pause % 2 === 0) continue
        now += shortage?.waitMs ?? 0
        if (shortage && (await hubs[server]!.draw('calls:p', rpm, 1, false))) return false
        sent.push(now)
      }
      return mostInAMinute(sent) <= rpm
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
  const realNow = performance.now.bind(performance)
  const begin = realNow() + 2 * minute
  let now = () => begin
  const clock = mock.method(performance, 'now', () => now())
  t.teardown(() => clock.mock.restore())
  const { fakes, pool, send } = await proxyOver(t, [answer()], {}, [{ rate_limit: { rpm: 3 } }])
  const limit = pool.get('a')!.state.rateLimit!
  const almostAMinuteAgo = performance.now() - minute - 950
  for (let call = 0; call < 3; call++) limit.reserve(0, almostAMinuteAgo)
  t.ok(limit.readyIn(0, performance.now())! > 0)
  now = () => realNow() + 2 * minute
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

t.test('a call that its client cancelled has used its prompt', async t => {
  const config = { queue: { timeout: 0.02 } }
  const { fakes, send } = await proxyOver(t, [hold()], config, [{ rate_limit: { tpm: 5_000 } }])
  const call = callOf('leaver')
  const left = send(ask('word'.repeat(4_000), { max_tokens: 10 }), call)
  await fakes[0]!.waitFor(1)
  call.controller.abort(new Error('gone'))
  await t.rejects(left)
  fakes[0]!.script([answer()])
  await send(ask('hello', { max_tokens: 900 }))
  await t.rejects(send(ask('hello', { max_tokens: 2_000 })), { code: 'rate_limit_exceeded' })
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
  t.ok(thrown.retryAfter! > 5 && thrown.retryAfter! <= 62, 'when the first of them allows a call again')
})

t.test('a call that would wait for a limit in vain is refused at once', async t => {
  const entries = [{ rate_limit: { rpm: 1 } }]
  const queue = { timeout: 30 }
  const { slots, send } = await proxyOver(t, [answer()], { queue }, entries)
  await send()
  const refused = send()
  t.equal(slots.waiting, 0)
  await t.rejects(refused, {
    code: 'rate_limit_exceeded',
    status: 429,
    retryAfter: /^([6-9]|[1-5]\d|6[012])$/,
  })

  const patient = await proxyOver(t, [answer()], { queue: { timeout: 90 } }, entries)
  await patient.send()
  const budget = { calls: 1, tokens: 1, usd: Infinity, deadline: performance.now() + 30_000 }
  const hurried = patient.send(ask(), callOf('hurried', { budget }))
  t.equal(patient.slots.waiting, 0, 'its deadline is sooner than the end of the queue')
  await t.rejects(hurried, { code: 'rate_limit_exceeded' })
  const call = callOf('leaver')
  const waiting = patient.send(ask(), call)
  t.equal(patient.slots.waiting, 1)
  call.controller.abort(new Error('gone'))
  await t.rejects(waiting, { message: 'gone' })
})

t.test('a call waits if a provider that rests is due before the limit', async t => {
  const clock = TestClock.start(t)
  const queue = { timeout: 30 }
  const { fakes, pool, slots, send } = await proxyOver(t, [answer(), answer()], { queue }, [
    { rate_limit: { rpm: 1 } },
  ])
  await send()
  for (let check = 0; check < 3; check++)
    pool.get('b')!.state.breaker.checked('timed out', 10_000, performance.now())
  const waiting = send()
  t.equal(slots.waiting, 1)
  await clock.pass(16)
  await waiting
  t.strictSame(received(fakes), [1, 1])
})

t.test('the refusal of a limit says so if other providers failed', async t => {
  const queue = { timeout: 30 }
  const { send } = await proxyOver(t, [answer(), error(500)], { queue }, [{ rate_limit: { rpm: 1 } }])
  await send()
  await t.rejects(send(), { code: 'rate_limit_exceeded', message: /^Every other provider for "gpt-4" / })
})

t.test('a call that waits for a limit does not hold up those for other providers', async t => {
  const { fakes, slots, send } = await proxyOver(t, [answer(), answer()], { queue: { timeout: 90 } }, [
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
