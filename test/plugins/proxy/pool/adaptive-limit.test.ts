import fc from 'fast-check'
import t from 'tap'
import { AdaptiveLimit } from '../../../../plugins/proxy/pool/adaptive-limit.ts'
import { realPacing } from '../../../../plugins/proxy/retry.ts'
import { answer, error, fakeProvider, gate, hold, sequence } from '../../../fake-provider.ts'
import type { Action } from '../../../fake-provider.ts'
import { ask } from '../../../call.ts'
import { twoStores } from '../../../store/two-stores.ts'
import { entryOf, proxyFrom, proxyOver } from '../proxy.ts'

t.test(
  'a rejection leaves seven tenths of the calls under way, and a round of successes adds one',
  async t => {
    const limit = new AdaptiveLimit({ initial: 20, min: 1 })
    t.equal(limit.current, 20)
    limit.rejected(10, 0, 1)
    t.equal(limit.current, 7)
    for (let call = 1; call <= 8; call++) limit.succeeded(7)
    t.equal(limit.current, 8)
  },
)

t.test('calls of one overload count once, and those of the next once more', async t => {
  const limit = new AdaptiveLimit({ initial: 100, min: 1 })
  for (let call = 1; call <= 10; call++) limit.rejected(100, 5, 10)
  t.equal(limit.current, 70)
  limit.rejected(70, 11, 20)
  t.equal(limit.current, 49)
})

t.test('a rejection says whether it lowered the limit, and so do the others of its overload', async t => {
  const limit = new AdaptiveLimit({ initial: 3, min: 2 })
  t.equal(limit.rejected(3, 1, 2), true)
  t.equal(limit.rejected(3, 1, 3), true, 'of the same overload')
  t.equal(limit.current, 2)
  t.equal(limit.rejected(2, 4, 5), false, 'there is no lower limit')
  t.equal(limit.rejected(2, 4, 6), false)
})

t.test('calls far below the limit do not raise it', async t => {
  const limit = new AdaptiveLimit({ initial: 10, min: 1 })
  for (let call = 1; call <= 1000; call++) limit.succeeded(4)
  t.equal(limit.current, 10)
})

t.test('a limit stays within its bounds, whatever happens', async () => {
  const event = fc.record({ isRejection: fc.boolean(), active: fc.integer({ min: 1, max: 500 }) })
  const bounds = fc.record({
    initial: fc.integer({ min: 1, max: 300 }),
    min: fc.integer({ min: 1, max: 300 }),
    max: fc.integer({ min: 1, max: 300 }),
  })
  fc.assert(
    fc.property(bounds, fc.array(event), ({ initial, min, max }, events) => {
      const limit = new AdaptiveLimit({ initial, min }, max)
      const isWithin = () => limit.current >= Math.min(min, max) && limit.current <= max
      return (
        isWithin() &&
        events.every(({ isRejection, active }, now) => {
          if (isRejection) limit.rejected(active, now, now + 0.5)
          else limit.succeeded(active)
          return isWithin()
        })
      )
    }),
  )
})

t.test('the limit finds the capacity of a provider, and follows it when it changes', async t => {
  const limit = new AdaptiveLimit({ initial: 10, min: 1 })
  let now = 0
  /** Rounds in which as many calls as allowed run together; the provider rejects those beyond its capacity. */
  const run = (capacity: number, rounds: number) => {
    let rejected = 0
    let calls = 0
    for (let round = 0; round < rounds; round++) {
      const active = limit.current
      const beganAt = ++now
      for (let call = 1; call <= active; call++) {
        calls++
        if (call <= capacity) limit.succeeded(active)
        else {
          rejected++
          limit.rejected(active, beganAt, ++now)
        }
      }
    }
    return rejected / calls
  }
  for (const capacity of [40, 8, 100]) {
    run(capacity, 200)
    t.ok(limit.current >= capacity * 0.6 && limit.current <= capacity + 1, `near ${capacity}`)
    t.ok(run(capacity, 200) < 0.1, 'few calls are rejected')
  }
})

t.test('a provider that rejects calls gets fewer at once; the others wait or go elsewhere', async t => {
  const slow = gate()
  const overloaded = sequence(hold(slow), error(503, undefined, { 'retry-after': '1' }))
  const { fakes, pool, send } = await proxyOver(
    t,
    [overloaded, answer('from b')],
    { routing: { strategy: 'failover', slot_wait: 0 } },
    [{ adaptive_concurrency: { initial: 4, min: 1 } }],
  )
  const calls = Array.from({ length: 5 }, () => send(ask()))
  await fakes[0]!.waitFor(4)
  t.equal(pool.get('a')?.active, 4, 'the fifth call goes to the other provider')
  slow.release()
  for (const call of calls) t.equal(await (await call).text(), 'from b')
  t.equal(pool.get('a')?.ownLimit, 2)
  t.equal(pool.get('b')?.ownLimit, undefined)
})

t.test('calls that succeed at the limit raise it', async t => {
  const { pool, send } = await proxyOver(t, [answer('x')], {}, [
    { adaptive_concurrency: { initial: 1, min: 1 }, max_concurrent: 3 },
  ])
  for (let call = 1; call <= 40; call++) await (await send()).text()
  t.equal(pool.get('a')?.ownLimit, 2, 'one call at a time is half of two')
})

t.test('a rejection that lowers the limit takes nobody out, and the call is sent again', async t => {
  const entries = [{ adaptive_concurrency: { initial: 8, min: 1 }, retries: { max: 1, delay: 0 } }]
  for (const rejection of [error(429), error(503, { type: 'overloaded_error', message: 'Overloaded' })]) {
    const { fakes, pool, send } = await proxyOver(t, [[rejection, answer('later')]], {}, entries)
    t.equal(await (await send()).text(), 'later')
    t.equal(fakes[0]!.requests.length, 2)
    t.ok((pool.get('a')?.ownLimit ?? 8) <= 2, 'one, and one more after the success')
    t.equal(pool.get('a')?.state.resting, undefined)
  }
})

t.test(
  'a rejection rests the model if the provider names a time, or the limit is at its minimum',
  async t => {
    const rejections = [
      [8, error(429, undefined, { 'retry-after': '9' })],
      [1, error(429)],
    ] as const
    for (const [initial, rejection] of rejections) {
      const entries = [{ adaptive_concurrency: { initial, min: 1 }, retries: { max: 3, delay: 0 } }]
      const { fakes, pool, send } = await proxyOver(t, [[rejection, answer('later')]], {}, entries)
      await t.rejects(send(), { code: 'rate_limit_exceeded' })
      t.match(pool.get('a')?.state.resting, { reason: 'rate_limit_exceeded' })
      t.equal(fakes[0]!.requests.length, 1)
    }
  },
)

/** Answers up to `capacity` calls together, when the gate lets them pass, and rejects the others for its load. */
function withCapacity(capacity: number, opened: ReturnType<typeof gate>): Action {
  let running = 0
  const leave = () => {
    running--
  }
  return () => {
    if (running >= capacity) return error(429)
    running++
    return sequence(hold(opened), leave, answer('x'))
  }
}

t.test('every one of many calls is answered by a provider that takes few at a time', async t => {
  const opened = gate()
  const entries = [{ adaptive_concurrency: { initial: 12, min: 1 }, retries: { max: 50, delay: 0 } }]
  const { pool, send, slots } = await proxyOver(t, [withCapacity(3, opened)], {}, entries)
  const calls = Array.from({ length: 30 }, () => send(ask()))
  // All of the others were rejected or have not been sent.
  await opened.reached(3)
  while (slots.running > 3 || slots.waiting < 27) await new Promise(setImmediate)
  t.equal(pool.get('a')?.ownLimit, 3, 'the limit has fallen to what the provider takes')
  opened.release()
  for (const call of calls) t.equal(await (await call).text(), 'x')
  t.equal(slots.waiting, 0)
})

t.test('each of several servers finds a limit of its own, up to the maximum that they share', async t => {
  for (const [max, expected] of [
    [undefined, [4, 4]],
    [6, [4, 2]],
  ] as const) {
    const opened = gate()
    const fake = await fakeProvider(t, sequence(hold(opened), answer('x')))
    const adaptive = { adaptive_concurrency: { initial: 4, min: 1 }, max_concurrent: max }
    const stores = await twoStores(t)
    const [one, two] = stores.map(store =>
      proxyFrom(t, { providers: [entryOf(fake.url, 0, adaptive)] }, realPacing, store),
    )
    const calls = Array.from({ length: 5 }, () => one!.send(ask()))
    while (one!.slots.running < 4 || one!.slots.waiting < 1) await new Promise(setImmediate)
    calls.push(...Array.from({ length: 5 }, () => two!.send(ask())))
    while (two!.slots.running + two!.slots.waiting < 5) await new Promise(setImmediate)
    t.strictSame([one!.slots.running, two!.slots.running], expected)
    opened.release()
    for (const call of calls) t.equal(await (await call).text(), 'x')
  }
})
