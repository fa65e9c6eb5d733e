import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { common, run, service } from './run.ts'

t.test('shares are exact to the weights', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
      fc.integer(),
      async (weights, seed) => {
        const { providers, requests } = await run(t, {
          config: { ...common, providers: weights.map((weight, n) => service(`p${n}`, { weight })) },
          scenario: { rps: 20, minutes: 0.5, seed, providers: { '*': { total_ms: { mean: 200 } } } },
        })
        const sum = weights.reduce((total, weight) => total + weight, 0)
        return providers.every(
          ({ attempts }, n) => Math.abs(attempts - (requests.begun * weights[n]!) / sum) <= sum,
        )
      },
    ),
    { numRuns: 8 },
  )
})

t.test('the outage of one provider fails no request', async t => {
  for (const as of ['refused', 'reset', '503', '500', 'garbage', 'hang']) {
    const { requests, providers, failovers, log } = await run(t, {
      config: { ...common, providers: [service('main'), service('spare')], timeouts: { request: 2 } },
      scenario: {
        rps: 20,
        minutes: 2,
        providers: {
          main: { total_ms: 200, outages: [{ from: 30, until: 90, as }] },
          spare: { total_ms: 200 },
        },
      },
    })
    t.same([requests.failed, requests.failures], [0, {}], as)
    const [main, spare] = providers
    t.ok(Object.values(main!.failures).reduce((sum, count) => sum + count, 0) > 0, `${as}: calls met it`)
    t.ok(spare!.attempts > main!.attempts * 1.5, `${as}: most calls went elsewhere`)
    t.ok(
      failovers.every(({ from, to }) => from === 'main' && to === 'spare'),
      as,
    )
    t.ok(
      log.some(({ message, provider }) => provider === 'main' && message.includes('gets no calls')),
      `${as}: its breaker opened`,
    )
  }
})

t.test('providers are never asked for more than rate_limit allows, in any minute', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        rpm: fc.integer({ min: 5, max: 120 }),
        rps: fc.integer({ min: 1, max: 6 }),
        seed: fc.nat(),
      }),
      async ({ rpm, rps, seed }) => {
        const {
          requests,
          providers,
          limit_refusals: refused,
        } = await run(t, {
          config: {
            ...common,
            providers: [service('main', { rate_limit: { rpm } })],
            queue: { timeout: 20, max_waiting: 100 },
          },
          // The quota of the provider notices any minute with more calls.
          scenario: { rps, minutes: 5, seed, providers: { main: { total_ms: 300, quota: { rpm } } } },
        })
        const isOver = rps * 60 > rpm * 1.2
        return providers[0]!.limited === 0 && (!isOver || (refused > 0 && requests.failed > 0))
      },
    ),
    { numRuns: 8 },
  )
})

t.test('a provider that has its quota used up answers 429, and others take over', async t => {
  const { requests, providers } = await run(t, {
    config: { ...common, providers: [service('main', { priority: 0 }), service('spare', { priority: 1 })] },
    scenario: {
      rps: 5,
      minutes: 5,
      providers: { main: { total_ms: 300, quota: { rpm: 60 } }, spare: { total_ms: 300 } },
    },
  })
  const [main, spare] = providers
  t.equal(requests.failed, 0)
  t.ok(
    main!.limited > 0 && main!.limited < 60,
    `${main!.limited} calls met the quota, before retry-after held`,
  )
  t.ok(main!.ok <= 60 * 6 && main!.ok > 60 * 3, `${main!.ok} were within it`)
  t.equal(main!.ok + spare!.ok, requests.answered)
})

// Tap's loader answers there from another thread, so that each `import()` takes real time, on which the clock does not wait.
const slowImports = process.versions.node.startsWith('22.') && 'imports take real time under this loader'

t.test(
  'the same seed gives the same report, and another seed another one',
  { skip: slowImports },
  async t => {
    const files = (seed: number) => ({
      config: {
        ...common,
        providers: [service('main', { retries: { max: 1 } }), service('spare')],
        routing: { strategy: 'least_latency', hedge: { after: 0.5, budget: 0.2 } },
      },
      scenario: {
        rps: 30,
        minutes: 1,
        seed,
        requests: [{ share: 2 }, { stream: true }],
        providers: {
          main: { first_token_ms: { p50: 300, p99: 3000 }, errors: { 500: 0.05, cut: 0.02, reset: 0.01 } },
          spare: { slowdowns: [{ from: 20, until: 40, factor: 4 }] },
        },
      },
    })
    const [one, same, other] = [await run(t, files(1)), await run(t, files(1)), await run(t, files(2))]
    t.same(one, same)
    t.not(JSON.stringify(one), JSON.stringify(other))
    t.ok(
      one.providers.some(({ hedges }) => hedges > 0),
      'slow calls are hedged',
    )
    t.ok(one.retries.length > 0, 'failed calls are retried')
  },
)

t.test('approaches make their calls, whose answers they understand', async t => {
  const { requests, providers, log } = await run(t, {
    config: { ...common, providers: [service('main')] },
    scenario: {
      rps: 2,
      minutes: 1,
      requests: [{ approach: 'bon', body: { hulumanage_params: { bon: { n: 3 } } } }],
      providers: { main: { answer_tokens: 100 } },
    },
  })
  t.equal(requests.failed, 0)
  t.ok(providers[0]!.attempts >= requests.answered * 2, `${providers[0]!.attempts} calls`)
  t.same(log, [])
})

t.test('a scoring service is not called, and its scores take no time', async t => {
  let asked = 0
  const scorer = createServer((_, response) => {
    asked++
    response.end('{"scores":[1,1,1]}')
  })
  await new Promise<void>(resolve => scorer.listen(0, '127.0.0.1', resolve))
  t.teardown(() => scorer.close())
  const url = `http://127.0.0.1:${(scorer.address() as AddressInfo).port}/score`
  const { requests, log } = await run(t, {
    config: { ...common, scorers: { rm: { url } }, providers: [service('main')] },
    scenario: {
      rps: 2,
      minutes: 1,
      requests: [{ approach: 'bon', body: { hulumanage_params: { bon: { n: 3, scorer: 'http:rm' } } } }],
      providers: { main: { total_ms: 200, accuracy: 0.5 } },
    },
  })
  t.equal(requests.failed, 0)
  t.same(log, [], 'no score is missed')
  t.equal(asked, 0)
})

t.test('the cost is that of the tokens, and a budget ends requests', async t => {
  const files = (body: object) => ({
    config: { ...common, providers: [service('main')] },
    scenario: {
      rps: 5,
      minutes: 1,
      requests: [{ prompt_tokens: 1000, approach: 'bon', body }],
      providers: { main: { answer_tokens: 500 } },
    },
  })
  const { cost, providers, requests } = await run(t, files({}))
  // 1 USD per million tokens of prompts and 2 of answers; answers of approaches are part of further prompts.
  t.ok(cost.usd >= (providers[0]!.attempts * (1000 + 2 * 500)) / 1e6, `${cost.usd} USD`)
  t.equal(requests.failed, 0)
  const limited = await run(t, files({ hulumanage_budget: { usd: 0.003 } }))
  t.ok(limited.cost.usd < cost.usd, `${limited.cost.usd} USD`)
})
