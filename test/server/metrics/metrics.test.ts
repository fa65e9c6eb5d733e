import t from 'tap'
import { CurrentConfig } from '../../../src/config/current.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { Metrics } from '../../../src/server/metrics/metrics.ts'
import { configOf } from '../serve.ts'

/** The metrics of a server whose ledger keeps some of the clients of a configuration. */
function metricsOf(config: ConfigInput = {}, kept: ConfigInput = {}) {
  const currentConfig = new CurrentConfig(configOf(config))
  const { clients } = configOf(kept)
  return new Metrics({ inFlight: () => 0, currentConfig, keptClients: () => clients, others: () => [] })
}

/** The labels of the series of a counter that are at zero. */
async function zerosOf(metrics: Metrics, name: string): Promise<readonly string[]> {
  const { text } = await metrics.text()
  const zeros = new RegExp(`^hulumanage_${name}\\{(.*)\\} 0$`, 'gm')
  return [...text.matchAll(zeros)].map(([, labels]) => labels!)
}

const base_url = 'http://a.test/v1'

t.test('all figures of a worker can be sent to another process', async t => {
  const figures = await metricsOf().figures()
  t.ok(figures.some(({ name }) => name === 'hulumanage_request_duration_seconds'))
  t.same(structuredClone(figures), figures)
})

t.test('the cost of a model begins at zero if the configuration has its price', async t => {
  const price = { input: 1, output: 2 }
  const model_prices = { m: price, 'its-o': price }
  const providers = [
    { name: 'own', base_url, models: ['m', 'n'], model_map: { o: 'its-o' }, model_prices },
    { name: 'general', base_url, models: ['m'], price },
    { name: 'free', base_url, models: ['m'] },
  ]
  t.same(await zerosOf(metricsOf({ providers }), 'cost_usd_total'), [
    'provider="own",model="m",outcome="ok"',
    'provider="own",model="o",outcome="ok"',
    'provider="general",model="m",outcome="ok"',
  ])
})

t.test('no model begins at zero whose calls would be counted as those of others', async t => {
  const models = Array.from({ length: 150 }, (_, index) => `m${index}`)
  const metrics = metricsOf({ providers: [{ name: 'a', base_url, models }] })
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  const facts = { reason: 'r', outcome: 'ok', status: 200, headMs: 1, totalMs: 1, usage }
  const answer = (model: string) => metrics.attemptEnded({ path: 'proxy', provider: 'a', model, ...facts })
  for (const model of ['m149', 'unlisted']) answer(model)
  t.equal((await zerosOf(metrics, 'upstream_tokens_total')).length, 2 * 98)
  for (const model of models) answer(model)
  t.same(await zerosOf(metrics, 'upstream_tokens_total'), [])
})

t.test('refusals of named clients begin at zero, also of those in the ledger', async t => {
  const clientOf = (name: string) => ({ name, key: `key-of-${name}-0123456789` })
  const clients = [clientOf('ann'), { ...clientOf('root'), role: 'operator' as const }]
  const metrics = metricsOf({ clients }, { clients: [clientOf('ann'), clientOf('eve')] })
  const budgets = (await zerosOf(metrics, 'client_refusals_total')).filter(each => each.includes('"budget"'))
  t.same(budgets, ['client="ann",limit="budget"', 'client="eve",limit="budget"'])
})
