import t from 'tap'
import type { Test } from 'tap'
import type { Pacing } from '../../../../plugins/proxy/retry.ts'
import type { ConfigInput } from '../../../../src/config/schema.ts'
import type { Spent } from '../../../../src/chat/provider-call.ts'
import { ask, callOf } from '../../../call.ts'
import type { TestCall } from '../../../call.ts'
import { answer, error, gate, head, hold, sequence, stream, write } from '../../../fake-provider.ts'
import type { Script } from '../../../fake-provider.ts'
import { proxyOver, received } from '../proxy.ts'
import type { Entry } from '../proxy.ts'

const routing = { strategy: 'failover', hedge: { after: 0.8, budget: 0.5 } }

/** Pauses that are over at once, and are recorded. */
function impatient(): Pacing & { readonly pauses: number[] } {
  const pauses: number[] = []
  return { pauses, random: () => 0, pause: async milliseconds => void pauses.push(milliseconds) }
}

/** Pauses that last until the provider has answered. */
const patient: Pacing = {
  random: () => 0,
  pause: (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    }),
}

function hedgedOver(
  t: Test,
  scripts: readonly Script[],
  { pacing = impatient(), config = {}, entries = [] }: Setup = {},
) {
  return proxyOver(t, scripts, { routing, ...config }, entries, pacing)
}

interface Setup {
  readonly pacing?: Pacing
  readonly config?: ConfigInput
  readonly entries?: readonly Partial<Entry>[]
}

/** A call that records which provider its meter names, and what it costs. */
function meteredCall() {
  const call = callOf()
  const spent: [usd: number | null, wasted: boolean][] = []
  const named: string[] = []
  const meter = {
    ...call.request.meter,
    begin: (provider: string) => void named.push(provider),
    answered: (provider: string) => void named.push(provider),
    spend: ({ cost }: Spent, wasted: boolean) => void spent.push([cost.usd, wasted]),
  }
  return { call: { ...call, request: { ...call.request, meter } }, spent, named }
}

const outcomes = ({ reports }: TestCall) =>
  reports.map(({ provider, reason, outcome }) => `${provider} ${reason} ${outcome}`)

t.test(
  'a call that is slow to begin is sent to another provider as well, and the first answer wins',
  async t => {
    const pacing = impatient()
    const { fakes, pool, send } = await hedgedOver(t, [hold(), answer('from b')], { pacing })
    const { call, named } = meteredCall()
    const metered = { ...call, reports: call.reports }
    t.equal(await (await send(ask(), metered)).text(), 'from b')
    t.strictSame(pacing.pauses, [800])
    await fakes[0]!.disconnected()
    t.same(new Set(outcomes(call)), new Set(['a failover outpaced', 'b hedge ok']))
    t.equal(named.at(-1), 'b', 'the meter names the winner')
    t.match(pool.get('a')?.state.counts, { requests: 1, failures: 0 })
    t.equal(pool.get('a')?.state.status, 'healthy', 'losing proves nothing about a provider')
  },
)

t.test('a provider that begins in time is the only one that is asked', async t => {
  const { fakes, send } = await hedgedOver(t, [answer('from a'), answer('b')], { pacing: patient })
  const call = callOf()
  t.equal(await (await send(ask(), call)).text(), 'from a')
  t.strictSame([received(fakes), outcomes(call)], [[1, 0], ['a failover ok']])
})

t.test('if the first provider wins after all, the second is cancelled and its cost is wasted', async t => {
  const slow = gate()
  const prices = [1, 1].map(input => ({ price: { input: input * 1e6, output: 0 } }))
  const { fakes, send } = await hedgedOver(t, [sequence(hold(slow), answer('from a')), hold()], {
    entries: prices,
  })
  const { call, spent, named } = meteredCall()
  const sent = send(ask(), call)
  await fakes[1]!.waitFor(1)
  slow.release()
  t.equal(await (await sent).text(), 'from a')
  await fakes[1]!.disconnected()
  t.strictSame(outcomes(call).toSorted(), ['a failover ok', 'b hedge outpaced'])
  t.equal(named.at(-1), 'a')
  t.same(new Set(spent.map(([, wasted]) => wasted)), new Set([false, true]))
  t.equal(spent.length, 2)
  t.ok(spent.every(([usd]) => usd !== null && usd > 0))
})

t.test('a stream wins with its first content, not with its head', async t => {
  const begun = sequence(
    head(200, { 'content-type': 'text/event-stream' }),
    write(': here\n\ndata: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m",'),
    write('"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'),
    hold(),
  )
  const { send } = await hedgedOver(t, [begun, stream(['from', ' b'])])
  const call = callOf()
  t.equal(await (await send(ask('x', { stream: true }), call)).text(), 'from b')
  t.strictSame(outcomes(call).toSorted(), ['a failover outpaced', 'b hedge ok'])
})

t.test('when one of the two attempts fails, the other is waited for', async t => {
  const both = gate()
  const failing = sequence(hold(both), error(500))
  const slow = gate()
  for (const scripts of [
    [failing, sequence(hold(slow), answer('saved'))],
    [sequence(hold(slow), answer('saved')), failing],
  ]) {
    const { fakes, send } = await hedgedOver(t, scripts)
    const call = callOf()
    const sent = send(ask(), call)
    await Promise.all(fakes.map(fake => fake.waitFor(1)))
    both.step()
    await fakes[scripts.indexOf(failing)]!.requests[0]!.answered
    slow.step()
    t.equal(await (await sent).text(), 'saved')
    t.match(outcomes(call).toSorted().join(), /^a failover .*,b hedge /)
    t.equal(call.reports.filter(({ outcome }) => outcome === 'upstream_error').length, 1)
  }
})

t.test('if both fail, the next provider is asked, and an error names all', async t => {
  const { fakes, send } = await hedgedOver(t, [error(500), error(503), [answer('from c'), error(502)]])
  t.equal(await (await send()).text(), 'from c')
  t.strictSame(received(fakes), [1, 1, 1])
  await t.rejects(send(), { code: 'upstream_error', message: /(?=.*"a")(?=.*"b").*"c"/ })
})

t.test('a fault of the request ends the race', async t => {
  const refusing = gate()
  const { send, fakes } = await hedgedOver(t, [sequence(hold(refusing), error(400)), hold()])
  const call = callOf()
  const sent = send(ask(), call)
  await fakes[1]!.waitFor(1)
  refusing.release()
  await t.rejects(sent, { code: 'upstream_rejected' })
  await fakes[1]!.disconnected()
  t.strictSame(outcomes(call).toSorted(), ['a failover upstream_rejected', 'b hedge outpaced'])
})

t.test('a client that leaves ends both attempts', async t => {
  const { fakes, send } = await hedgedOver(t, [hold(), hold()])
  const call = callOf()
  const sent = send(ask(), call)
  await fakes[1]!.waitFor(1)
  call.controller.abort()
  await t.rejects(sent, { code: 'client_closed' })
  await Promise.all(fakes.map(fake => fake.disconnected()))
  t.ok(call.reports.every(({ outcome }) => outcome === 'client_closed'))
})

t.test(
  'a call is not hedged for several choices, without a free provider of the same rank, or a hedge to spend',
  async t => {
    const slow = gate()
    const first = sequence(hold(slow), answer('from a'))
    const cases: readonly (Setup & { readonly fields?: object })[] = [
      { fields: { n: 2 } },
      { config: { queue: { max_concurrent: 1 } } },
      { entries: [{}, { priority: 1 }] },
      { entries: [{}, { fallback_only: true }] },
      { entries: [{}, { models: ['other'] }] },
      { config: { routing: { ...routing, max_attempts: 1 } } },
      { config: { routing: { strategy: 'failover' } } },
      { config: { routing: { ...routing, hedge: {} } } },
    ]
    for (const { fields = {}, ...setup } of cases) {
      const { fakes, send } = await hedgedOver(t, [first, answer('from b')], setup)
      const sent = send(ask('x', fields))
      await fakes[0]!.waitFor(1)
      slow.step()
      t.equal(await (await sent).text(), 'from a', JSON.stringify(setup))
      t.equal(fakes[1]!.requests.length, 0)
    }
  },
)

t.test('hedges are a share of the calls, however slow a provider is', async t => {
  const hedge = { after: 0.1, budget: 0.05 }
  const slow = gate()
  const { fakes, send } = await hedgedOver(t, [sequence(hold(slow), answer('from a')), answer('from b')], {
    config: { routing: { ...routing, hedge } },
  })
  slow.release()
  const calls = Array.from({ length: 60 }, () => callOf())
  for (const call of calls) await (await send(ask(), call)).text()
  await fakes[1]!.waitFor(1)
  const hedges = calls.flatMap(({ reports }) => reports).filter(({ reason }) => reason === 'hedge')
  t.equal(hedges.length, 4, 'one to begin with, and three of sixty')
})
