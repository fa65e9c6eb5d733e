import t from 'tap'
import { load, notesOf } from '../load.ts'

/** Entries of one model with these limits, each inside its parameters. */
function entriesWith(...limits: readonly string[]): string {
  return `model_list:\n${limits
    .map(
      limit => `  - {model_name: a, litellm_params: {model: gpt-4o, api_key: k${limit && `, ${limit}`}}}\n`,
    )
    .join('')}`
}

t.test('rate limits count wherever LiteLLM reads them', t => {
  const text = `model_list:
  - {model_name: a, litellm_params: {model: gpt-4o, api_key: k}, rpm: 60, tpm: 9000}
  - {model_name: b, litellm_params: {model: gpt-4o, api_key: k}, model_info: {rpm: 30}}
  - {model_name: c, litellm_params: {model: gpt-4o, api_key: k, rpm: 20}}
`
  t.match(load(t, { 'config.yaml': text }).config.providers, [
    { rate_limit: { rpm: 60, tpm: 9000 } },
    { rate_limit: { rpm: 30 } },
    { rate_limit: { rpm: 20 } },
  ])
  t.end()
})

t.test(
  'without weights, deployments share calls in proportion to their limits, as simple-shuffle does',
  t => {
    const weightsFor = (text: string) =>
      load(t, { 'config.yaml': text }).config.providers.map(({ weight }) => weight)
    t.same(weightsFor(entriesWith('rpm: 60', 'rpm: 600')), [1, 10])
    t.same(weightsFor(entriesWith('tpm: 90000', 'tpm: 30000')), [3, 1])
    t.same(weightsFor(entriesWith('rpm: 3', 'rpm: 10000')), [3, 10_000])
    t.same(weightsFor(entriesWith('tpm: 30000', 'tpm: 200000000')), [3, 20_000])
    t.same(weightsFor(entriesWith('tpm: 1', 'tpm: 200000000')), [1, 1_000_000])
    t.same(weightsFor(entriesWith('rpm: 60', 'rpm: 600, weight: 1')), [1, 1], 'weights have precedence')
    t.same(weightsFor(entriesWith('rpm: 60', '')), [1, 1], 'one without a limit is not drained')
    const leastBusy = `${entriesWith('rpm: 60', 'rpm: 600')}router_settings: {routing_strategy: least-busy}\n`
    t.same(weightsFor(leastBusy), [1, 1], 'other strategies do not draw by limits')
    t.end()
  },
)

t.test('limits that LiteLLM only draws by are noted once, because they hold here', t => {
  const notesFor = (more: string) =>
    notesOf(load(t, { 'config.yaml': entriesWith('rpm: 60', 'rpm: 600') + more }))
  t.match(notesFor(''), [/model_list\[0\]: calls beyond rpm and tpm go to another deployment, or wait/])
  t.same(notesFor('router_settings: {routing_strategy: usage-based-routing-v2}\n'), [])
  t.match(notesFor('router_settings: {optional_pre_call_checks: [enforce_model_rate_limits]}\n'), [
    /enforce_model_rate_limits: rpm and tpm are always enforced/,
  ])
  t.end()
})

t.test(
  'only whole numbers of at least 1 are limits; others are noted, and another place may have one',
  async t => {
    for (const [limits, told] of [
      ['model_info: {rpm: "unlimited"}', /model_info\.rpm: expected a whole number of at least 1; left out/],
      ['rpm: 0', /model_list\[0\]\.rpm: expected a whole number of at least 1; left out/],
      ['rpm: 10.5', /model_list\[0\]\.rpm: expected a whole number of at least 1; left out/],
    ] as const) {
      const text = `model_list: [{model_name: a, litellm_params: {model: gpt-4o, api_key: k, tpm: 900}, ${limits}}]\n`
      const loaded = load(t, { 'config.yaml': text })
      t.same(loaded.config.providers[0]?.rate_limit, { tpm: 900 })
      t.ok(
        notesOf(loaded).some(note => told.test(note)),
        limits,
      )
    }
    const text =
      'model_list: [{model_name: a, litellm_params: {model: gpt-4o, api_key: k, rpm: 9}, rpm: 0}]\n'
    t.match(load(t, { 'config.yaml': text }).config.providers, [{ rate_limit: { rpm: 9 } }])
  },
)

t.test('of two limits, the one that yields is noted', async t => {
  const text = 'model_list: [{model_name: a, litellm_params: {model: gpt-4o, api_key: k, rpm: 9}, rpm: 5}]\n'
  const loaded = load(t, { 'config.yaml': text })
  t.match(loaded.config.providers, [{ rate_limit: { rpm: 5 } }])
  t.match(
    loaded.notes.filter(({ message }) => message.includes('yields')),
    [{ path: 'model_list[0].litellm_params.rpm', message: 'yields to model_list[0].rpm', effect: 'nothing' }],
  )
  t.notMatch(notesOf(loaded), [/not supported/])
})
