import t from 'tap'
import type { Pacing } from '../../../plugins/proxy/retry.ts'
import { realPacing } from '../../../plugins/proxy/retry.ts'
import { ask, callOf } from '../../call.ts'
import { answer, closedPort, error, stream } from '../../fake-provider.ts'
import { entryOf, proxyFrom, proxyOver, received } from './proxy.ts'

/** Pauses that take no time and are recorded. By default, chance picks the middle. */
function noted(random = 0.5): Pacing & { readonly pauses: number[] } {
  const pauses: number[] = []
  return { pauses, random: () => random, pause: async milliseconds => void pauses.push(milliseconds) }
}

t.test('a provider that fails is retried up to retries.max times before the next one is asked', async t => {
  const pacing = noted()
  const { fakes, send } = await proxyOver(
    t,
    [error(500), answer('from b')],
    { routing: { strategy: 'failover' } },
    [{ retries: { max: 3, delay: 1 } }],
    pacing,
  )
  const call = callOf()
  t.equal(await (await send(ask(), call)).text(), 'from b')
  t.strictSame(received(fakes), [4, 1])
  t.strictSame(pacing.pauses, [500, 1000, 2000])
  t.strictSame(
    call.reports.map(({ provider, reason }) => `${provider} ${reason}`),
    ['a failover', 'a retry', 'a retry', 'a retry', 'b failover after 1 failed'],
  )
})

t.test('a retry that succeeds is the answer', async t => {
  const scripts = [[error(502), stream([], { finish: null, done: false }), answer('third time')]]
  const { fakes, pool, send, settle } = await proxyOver(t, scripts, {}, [{ retries: { max: 2 } }], noted())
  t.equal(await (await send(ask('x', { stream: true }))).text(), 'third time')
  await settle()
  t.strictSame(received(fakes), [3])
  t.equal(pool.get('a')?.state.counts.failures, 2)
  t.equal(pool.get('a')?.state.status, 'healthy')
})

t.test('no pause is longer than eight seconds', async t => {
  const pacing = noted(0.999_999)
  const { send } = await proxyOver(t, [error(500)], {}, [{ retries: { max: 6, delay: 1 } }], pacing)
  await t.rejects(send(), { code: 'upstream_error', message: /^Provider "a"/ })
  t.strictSame(
    pacing.pauses.map(pause => Math.ceil(pause)),
    [1000, 2000, 4000, 8000, 8000, 8000],
  )
})

t.test('a limit of two seconds is waited for, a longer one is not', async t => {
  const entries = [{ retries: { max: 1, delay: 0 } }]
  const limited = (seconds: string) => error(429, undefined, { 'retry-after': seconds })
  for (const [seconds, pauses] of [
    ['1', [1000]],
    ['2', [2000]],
    ['3', []],
  ] as const) {
    const pacing = noted()
    const { send } = await proxyOver(t, [limited(seconds)], {}, entries, pacing)
    await t.rejects(send(), { code: 'rate_limit_exceeded' })
    t.strictSame(pacing.pauses, pauses)
  }
})

t.test('a provider that asked for a pause is retried after it', async t => {
  const limited = error(429, undefined, { 'retry-after': '1' })
  // Its breaker would keep it out for that second, and the pauses of this test take no time.
  const more = { monitoring: { track_errors: false } }
  const { fakes, send } = await proxyOver(t, [[limited, answer()]], more, [{ retries: { max: 1 } }], noted())
  t.equal(await (await send()).text(), 'ok')
  t.strictSame(received(fakes), [2])
})

t.test('a failure that a retry cannot fix is not retried', async t => {
  const pacing = noted()
  const retries = { max: 3 }
  for (const status of [400, 401, 402, 404]) {
    const { fakes, send } = await proxyOver(t, [error(status)], {}, [{ retries }], pacing)
    await t.rejects(send())
    t.strictSame(received(fakes), [1])
  }
  const unreachable = proxyFrom(t, { providers: [entryOf(await closedPort(t), 0, { retries })] }, pacing)
  await t.rejects(unreachable.send(), { code: 'upstream_unreachable' })
  t.strictSame(pacing.pauses, [])
})

t.test('no retry is made that would begin after the deadline', async t => {
  const pacing = noted()
  const { fakes, send } = await proxyOver(
    t,
    [error(500), answer('from b')],
    { routing: { strategy: 'failover' } },
    [{ retries: { max: 3, delay: 600 } }],
    pacing,
  )
  const budget = { calls: 1, tokens: 1, usd: Infinity, deadline: performance.now() + 3_000 }
  t.equal(await (await send(ask(), callOf('request-1', { budget }))).text(), 'from b')
  t.strictSame(received(fakes), [1, 1])
  t.strictSame(pacing.pauses, [])
})

t.test('a provider that the failures of several requests have taken out is not retried', async t => {
  const routing = { strategy: 'failover', failure_threshold: 3 }
  const { fakes, pool, send } = await proxyOver(
    t,
    [error(500), answer()],
    { routing },
    [{ retries: { max: 5 } }],
    noted(),
  )
  await send()
  t.strictSame(received(fakes), [6, 1])
  await send()
  t.strictSame(received(fakes), [7, 2])
  t.equal(pool.get('a')?.state.status, 'unhealthy')
})

t.test('a client that disconnects during a pause ends the call', async t => {
  const call = callOf()
  const pause: Pacing['pause'] = async (_milliseconds, signal) => {
    const ends = realPacing.pause(60_000, signal)
    call.controller.abort(new Error('gone'))
    await ends
  }
  const { fakes, send } = await proxyOver(t, [error(500)], {}, [{ retries: { max: 1 } }], {
    random: () => 1,
    pause,
  })
  await t.rejects(send(ask(), call), { message: 'gone' })
  t.strictSame(received(fakes), [1])
})
