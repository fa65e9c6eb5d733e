import { join } from 'node:path'
import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'
import type { CallRow } from '../../src/ledger/columns.ts'
import { fitScenario } from '../../src/simulation/history/fit.ts'
import { readTraffic } from '../../src/simulation/history/recorded-calls.ts'
import { readScenario } from '../../src/simulation/scenario/read.ts'
import { callOf, entryOf, openLedger, requestOf } from '../ledger/entries.ts'
import { service } from './run.ts'

const config = configSchema.parse({
  providers: [service('main', { model_map: { small: 'small-2' } }), service('spare')],
})

/** Requests for one model, with one attempt each. */
const traffic = (count: number, attemptOf: (index: number) => Partial<CallRow>, model = 'small') =>
  Array.from({ length: count }, (_, index) => ({
    request: requestOf({ model, chain: 'proxy' }),
    attempts: [callOf({ provider: 'main', model, ...attemptOf(index) })],
  }))

t.test('times, lengths and failures are those of the calls', async t => {
  const whole = traffic(101, n => ({ first_ms: 100 + n, ms: 100 + n, completion: 10, prompt: 50 }))
  const failed = traffic(20, n => ({
    outcome: 'upstream_error',
    status: n < 15 ? 500 : 529,
    first_ms: 9,
    ms: 9,
  }))
  const hung = traffic(5, () => ({ outcome: 'upstream_timeout', first_ms: 30_000, ms: 30_000 }))
  const left = traffic(40, () => ({ outcome: 'client_closed', first_ms: 5, ms: 5 }))
  const { providers } = fitScenario([...whole, ...failed, ...hung, ...left], config)
  t.same(Object.keys(providers), ['main'])
  t.match(providers['main'], {
    total_ms: { quantiles: Array.from({ length: 21 }, (_, index) => 100 + 5 * index) },
    answer_tokens: { quantiles: [10, 10] },
    error_ms: { quantiles: [9, 9] },
    errors: { 500: 0.119047619, 529: 0.039682539, hang: 0.039682539 },
    models: {},
  })
})

t.test('a request that is refused for its own faults says nothing about the provider', async t => {
  const whole = traffic(30, () => ({ first_ms: 10, ms: 10 }))
  const refused = [400, 413, 422].flatMap(status =>
    traffic(10, () => ({ outcome: 'upstream_error', status, first_ms: 900, ms: 900 })),
  )
  const limited = traffic(10, () => ({ outcome: 'upstream_error', status: 429, first_ms: 5, ms: 5 }))
  const { providers } = fitScenario([...whole, ...refused, ...limited], config)
  t.match(providers['main'], { errors: { 429: 0.25 }, error_ms: { quantiles: [5] } })
  t.same(Object.keys((providers['main'] as { errors: object }).errors), ['429'])
})

t.test('streams have a time to the first content and a time for each token', async t => {
  const streamed = traffic(50, () => ({ first_ms: 200, ms: 200 + 99 * 4, completion: 100 }))
  t.match(fitScenario(streamed, config).providers['main'], {
    first_token_ms: { quantiles: [200, 200] },
    token_ms: { quantiles: [4, 4] },
    total_ms: undefined,
  })
})

t.test('models that differ have descriptions of their own, by the name that the provider knows', async t => {
  const small = traffic(30, () => ({ first_ms: 10, ms: 10 }))
  const large = traffic(30, () => ({ first_ms: 900, ms: 900 }), 'large')
  const rare = traffic(3, () => ({ first_ms: 5, ms: 5 }), 'rare')
  const { providers } = fitScenario([...small, ...large, ...rare], config)
  t.match(providers['main'], {
    models: { 'small-2': { total_ms: { quantiles: [10] } }, large: { total_ms: { quantiles: [900] } } },
  })
  t.same(Object.keys((providers['main'] as { models: object }).models), ['small-2', 'large'])
})

t.test('a provider that is switched off is not described, whatever it did before', async t => {
  const providers = [service('main'), service('spare', { enabled: false })]
  const before = traffic(30, index => ({ provider: index % 2 === 0 ? 'main' : 'spare' }))
  const fitted = fitScenario(before, configSchema.parse({ providers }))
  t.same(Object.keys(fitted.providers), ['main'])
})

t.test('requests come in the kinds in which they came', async t => {
  const plain = traffic(30, () => ({ first_ms: 10, ms: 10, prompt: 100 }))
  const streamed = traffic(10, () => ({ first_ms: 10, ms: 500, prompt: 300, completion: 20 }))
  const cached = [{ request: requestOf({ model: 'small', chain: 'proxy' }), attempts: [] }]
  t.match(fitScenario([...plain, ...streamed, ...cached], config).requests, [
    { share: 30, model: 'small', approach: 'proxy', stream: false, prompt_tokens: { quantiles: [100] } },
    { share: 10, stream: true, prompt_tokens: { quantiles: [300] } },
  ])
  t.equal(fitScenario(cached, config).requests, undefined)
})

t.test('a scenario takes precedence over what was measured, field by field', async t => {
  const measured = fitScenario(
    traffic(30, () => ({ first_ms: 10, ms: 10, completion: 5 })),
    config,
  )
  const file = join(
    t.testdir({ 'scenario.yaml': 'providers: { main: { total_ms: 70, quota: { rpm: 9 } }, spare: {} }\n' }),
    'scenario.yaml',
  )
  const { scenario } = readScenario(file, {}, measured)
  const { main } = scenario.providers
  t.match(main, { total_ms: { always: 70 }, quota: { rpm: 9 }, answer_tokens: { quantiles: [5] } })
  t.ok(scenario.providers['spare'])
  t.equal(scenario.requests[0]?.share, 30)
})

t.test('what a scenario says of a provider holds for each model that was measured', async t => {
  const small = traffic(30, () => ({ first_ms: 10, ms: 10, completion: 5 }))
  const large = traffic(30, () => ({ first_ms: 90, ms: 90, completion: 50 }), 'large')
  const file = join(
    t.testdir({ 'scenario.yaml': 'providers: { main: { total_ms: 70, errors: { 500: 1 } } }\n' }),
    'scenario.yaml',
  )
  const { scenario } = readScenario(file, {}, fitScenario([...small, ...large], config))
  const { models } = scenario.providers['main']!
  t.strictSame(Object.keys(models), ['small-2', 'large'])
  for (const model of Object.values(models)) t.notOk('total_ms' in model || 'errors' in model)
  t.match(models['large'], { answer_tokens: { quantiles: [50] } })
})

t.test('what is fitted is a valid scenario, whatever the ledger holds', async t => {
  const odd = [
    ...traffic(25, () => ({ first_ms: null, ms: 0, completion: null, prompt: null })),
    ...traffic(25, () => ({ first_ms: 0, ms: 100_000, completion: 0, status: 200 })),
    ...traffic(5, () => ({ outcome: 'anything_new', status: null })),
  ]
  t.doesNotThrow(() => readScenario(undefined, {}, fitScenario(odd, config)))
  t.same(fitScenario([], config), { providers: {} })
})

t.test('fractions of failures never add up to more than 1', async t => {
  const statuses = [...Array<number>(9).fill(500), ...Array<number>(18).fill(502), 503]
  t.ok(9 / 28 + 18 / 28 + 1 / 28 > 1)
  const failed = traffic(28, n => ({ outcome: 'upstream_error', status: statuses[n]! }))
  t.doesNotThrow(() => readScenario(undefined, {}, fitScenario(failed, config)))
})

t.test('a status that no scenario can name is left out', async t => {
  const odd = traffic(5, () => ({ outcome: 'upstream_error', status: 999 }))
  t.doesNotThrow(() => readScenario(undefined, {}, fitScenario(odd, config)))
})

t.test('attempts are read from a ledger, those of failed calls as well', async t => {
  const { ledger } = openLedger(t)
  const failedOver = [
    { n: 0 },
    { n: 1, parent: 0, kind: 'attempt', provider: 'main', outcome: 'upstream_error', status: 503 },
    { n: 2, parent: 0, kind: 'attempt', provider: 'spare' },
  ]
  ledger.record(entryOf({ id: 'one' }, failedOver))
  ledger.record(entryOf({ id: 'two' }, [{ n: 0, provider: 'main' }]))
  // The ledger writes in the background.
  let read = await readTraffic(ledger)
  while (read.length < 2) read = await readTraffic(ledger)
  t.same(
    read
      .flatMap(({ attempts }) => attempts.map(({ provider, outcome }) => `${provider} ${outcome}`))
      .toSorted(),
    ['main ok', 'main upstream_error', 'spare ok'],
  )
})
