import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { grouped, renderNote } from '../../../../src/config/problems.ts'
import { load, notesOf, problemsOf } from '../load.ts'

const example = readFileSync(join(import.meta.dirname, '../../../../examples/formats/litellm.yaml'), 'utf8')
const env = { AZURE_API_KEY: 'sk-a', OPENAI_API_KEY: 'sk-o', LITELLM_MASTER_KEY: 'sk-master' }

t.test('deployments become providers with the type or the address of their service', async t => {
  const { config, format } = load(t, { 'config.yaml': example }, { env })
  t.equal(format, 'litellm')
  t.match(config, { approach: 'proxy', api_keys: ['sk-master'], timeouts: { request: 45 } })
  t.match(config.routing, { strategy: 'least_busy', failure_threshold: 4, cooldown: 5 })
  t.match(config.providers.slice(0, 2), [
    {
      type: 'azure',
      base_url: 'https://eu.openai.azure.com',
      api_key: 'sk-a',
      models: ['gpt-4o', 'gpt-4'],
      model_map: { 'gpt-4o': 'gpt-4o-eu', 'gpt-4': 'gpt-4o-eu' },
      weight: 7,
      rate_limit: { rpm: 600 },
      drop_unsupported: true,
    },
    { type: 'openai', api_key: 'sk-o', model_map: { 'gpt-4': 'gpt-4o' }, weight: 3, max_concurrent: 20 },
  ])
  t.match(config.providers.at(-1), {
    base_url: 'http://localhost:11434/v1',
    model_map: { llama: 'llama3.2' },
  })
})

t.test('a fallback group becomes providers that are used last', async t => {
  const { providers } = load(t, { 'config.yaml': example }, { env }).config
  t.match(
    providers.filter(provider => provider.fallback_only),
    [{ name: 'gpt-4o-fallback', models: ['gpt-4o', 'gpt-4'], model_map: { 'gpt-4o': 'llama3.2' } }],
  )
})

t.test('settings that cannot be converted are noted', async t => {
  t.match(notesOf(load(t, { 'config.yaml': example }, { env })), [
    /^config\.yaml:36:3 litellm_settings\.callbacks: to send traces to langfuse, /,
    /^config\.yaml:3:5 model_list\[0\]: calls beyond rpm and tpm go to another deployment, or wait/,
    /^config\.yaml:23:7 model_list\[3\]\.litellm_params\.model: the service bedrock is not supported/,
  ])
  const text = `model_list:
  - {model_name: here, litellm_params: {model: gpt-4o, api_key: k}}
  - {model_name: "all/*", litellm_params: {model: "openai/*", api_key: k}}
router_settings: {routing_strategy: provider-budget-routing, fallbacks: [{x: [gone]}, {here: [gone]}], model_group_alias: {y: gone}, enable_pre_call_checks: true}
`
  t.match(notesOf(load(t, { 'config.yaml': text })), [
    /routing_strategy: there is no strategy provider-budget-routing here; weighted is used instead/,
    /enable_pre_call_checks: a prompt is checked against the context window of every deployment with max_input/,
    /router_settings\.model_group_alias\.y: gone is not a model_name; left out of aliases and fallbacks/,
    /router_settings\.fallbacks\[0\]\.x: x is not a model_name; left out of aliases and fallbacks/,
    /router_settings\.fallbacks\[1\]\.here\[0\]: gone is not a model_name; left out of aliases and/,
  ])
})

t.test(
  'notes say whether a setting is lost, works otherwise or does not matter, the most important first',
  async t => {
    const text = `model_list:
  - {model_name: here, litellm_params: {model: gpt-4o, api_key: k}, model_info: {id: x}}
router_settings: {routing_strategy: provider-budget-routing}
litellm_settings: {telemetry: true, callbacks: [sentry, otel, prometheus], json_logs: true}
general_settings: {database_url: "postgres://db/litellm", alerting: [slack]}
`
    t.same(
      grouped(load(t, { 'config.yaml': text }).notes).map(note => renderNote(note).replace(/:\d+:\d+/, '')),
      [
        'you lose: config.yaml litellm_settings.callbacks: sentry: not supported; left out',
        'works otherwise: config.yaml router_settings.routing_strategy: there is no strategy provider-budget-routing here; weighted is used instead',
        'works otherwise: config.yaml litellm_settings.callbacks: to send traces to otel, set otel.endpoint to its address for OTLP',
        'works otherwise: config.yaml general_settings.database_url: requests and named clients are kept in a file; ledger.url keeps them in PostgreSQL, in a schema of its own, without the keys and the spend of LiteLLM',
        'works otherwise: config.yaml general_settings.alerting: alerts are rules for Prometheus: docs/monitoring/alerts.yml',
        'does not matter: config.yaml litellm_settings.telemetry: this server reports to nobody; left out',
        'does not matter: config.yaml litellm_settings.callbacks: GET /metrics is always there, with metrics of its own',
        'does not matter: config.yaml model_list[0].model_info.id: a provider is identified by its name; left out',
      ],
    )
  },
)

t.test('strategies by latency and usage are converted without a note', async t => {
  const strategies = {
    'latency-based-routing': 'least_latency',
    'usage-based-routing': 'usage',
    'usage-based-routing-v2': 'usage',
  }
  for (const [theirs, strategy] of Object.entries(strategies)) {
    const text = `model_list: [{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}]
router_settings: {routing_strategy: ${theirs}}
`
    const loaded = load(t, { 'config.yaml': text })
    t.equal(loaded.config.routing.strategy, strategy)
    t.strictSame(notesOf(loaded), [])
  }
})

t.test('the strategy by cost is converted, with a note that it needs prices', async t => {
  const text = `model_list: [{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}]
router_settings: {routing_strategy: cost-based-routing}
`
  const loaded = load(t, { 'config.yaml': text })
  t.equal(loaded.config.routing.strategy, 'least_cost')
  t.match(notesOf(loaded), [/routing_strategy: a deployment is used last unless it has input_cost_per_token/])
})

t.test('services are recognized by the part before the slash, or by the name', async t => {
  const providerOf = (model: string, more = '') => {
    const text = `model_list: [{model_name: m, litellm_params: {model: "${model}", api_key: k, ${more}}}]\n`
    return load(t, { 'config.yaml': text }).config.providers[0]
  }
  t.match(providerOf('xai/grok-4'), { type: 'grok', model_map: { m: 'grok-4' } })
  t.match(providerOf('openrouter/meta/llama-3'), { type: 'openrouter', model_map: { m: 'meta/llama-3' } })
  t.match(providerOf('claude-3-haiku'), { type: 'anthropic', model_map: { m: 'claude-3-haiku' } })
  t.match(providerOf('gpt-4o'), { type: 'openai', base_url: 'https://api.openai.com/v1' })
  t.match(providerOf('org/m1', 'custom_llm_provider: openai, api_base: "http://a/v1"'), {
    base_url: 'http://a/v1',
    model_map: { m: 'org/m1' },
  })
})

t.test('the name * serves every model that no other entry names, under its own name', async t => {
  const text = 'model_list: [{model_name: "*", litellm_params: {model: "openai/*", api_key: k}}]\n'
  const [provider] = load(t, { 'config.yaml': text }).config.providers
  t.match(provider, { name: 'openai', models: ['*'], model_map: {} })
})

const loadEntries = (t: Test, entries: readonly string[], more = '') =>
  load(t, { 'config.yaml': `model_list:\n${entries.map(entry => `  - {${entry}}\n`).join('')}${more}` })

t.test('a wildcard takes its prefix off, or keeps it, as its model does', async t => {
  const { config } = loadEntries(t, [
    'model_name: "openai/*", litellm_params: {model: "openai/*", api_key: k}',
    'model_name: "gpt-*", litellm_params: {model: "openai/gpt-*", api_key: k}',
    'model_name: "*", litellm_params: {model: "ollama/llama3.2"}',
  ])
  t.match(config.providers, [
    { name: 'openai', models: ['openai/*'], model_map: { 'openai/*': '*' } },
    { models: ['gpt-*'], model_map: {} },
    { name: 'ollama', models: ['*'], model_map: { '*': 'llama3.2' } },
  ])
})

t.test('a default fallback of * asks for its own model', async t => {
  const { config } = loadEntries(
    t,
    [
      'model_name: "*", litellm_params: {model: "openai/*", api_key: k}',
      'model_name: llama, litellm_params: {model: "ollama/llama3.2"}',
    ],
    'litellm_settings: {default_fallbacks: [llama]}\n',
  )
  t.match(config.providers[1], { fallback_only: true, models: ['*'], model_map: { '*': 'llama3.2' } })
})

t.test('a deployment of weight 0 keeps it, which drains its provider', async t => {
  const entry = (weight: number) =>
    `model_name: m, litellm_params: {model: gpt-4o, api_key: k, weight: ${weight}}`
  const weightsOf = (...weights: number[]) =>
    loadEntries(t, weights.map(entry)).config.providers.map(({ enabled, weight }) => enabled && weight)
  t.strictSame(weightsOf(3, 0), [3, 0])
  t.strictSame(weightsOf(0, 0), [0, 0])
})

t.test('the address of Anthropic gets the path that LiteLLM adds', async t => {
  for (const address of [
    'https://api.anthropic.com',
    'https://api.anthropic.com/',
    'https://api.anthropic.com/v1',
  ])
    t.match(
      loadEntries(t, [
        `model_name: c, litellm_params: {model: anthropic/claude-x, api_key: k, api_base: "${address}"}`,
      ]).config.providers,
      [{ base_url: 'https://api.anthropic.com/v1' }],
    )
})

t.test('aliases may be objects, and fallbacks by cause are kept', async t => {
  const loaded = loadEntries(
    t,
    [
      'model_name: gpt, litellm_params: {model: gpt-4o, api_key: k, max_parallel_requests: 10}',
      'model_name: big, litellm_params: {model: gpt-4.1, api_key: k}',
    ],
    `router_settings:
  model_group_alias: {x: {model: gpt, hidden: true}}
  fallbacks: [{big: [gpt]}]
  context_window_fallbacks: [{gpt: [big]}]
litellm_settings: {content_policy_fallbacks: [{gpt: [big]}]}
`,
  )
  const { config } = loaded
  t.match(config.providers[0], { models: ['gpt', 'x'], model_map: { gpt: 'gpt-4o', x: 'gpt-4o' } })
  t.same(config.fallbacks, {
    context: { gpt: ['big'] },
    policy: { gpt: ['big'] },
    any: { big: ['gpt'] },
  })
  t.same(loaded.notes, [])
})

t.test('problems name their position in the foreign file', async t => {
  const text = `model_list:
  - litellm_params: {model: gpt-4o}
  - model_name: a
  - model_name: b
    litellm_params: {model: hosted_vllm/x, api_base: nowhere, timeout: long}
`
  t.strictSame(problemsOf(t, { 'config.yaml': text }), [
    'config.yaml:2:5 model_list[0]: model_name is required',
    'config.yaml:3:5 model_list[1]: litellm_params is required',
    'config.yaml:5:44 model_list[2].litellm_params.api_base: expected an http or https URL, got "nowhere"',
    'config.yaml:5:63 model_list[2].litellm_params.timeout: expected a number above 0 and at most 2147483, got "long"',
  ])
})

t.test('parameters that a deployment drops are dropped here, too', async t => {
  const text =
    'model_list: [{model_name: m, litellm_params: {model: openai/o3, api_key: k, additional_drop_params: [top_p, seed]}}]\n'
  t.same(load(t, { 'config.yaml': text }).config.providers[0]?.drop, ['top_p', 'seed'])
})

t.test('fields of requests in an entry become the defaults of its provider', async t => {
  const loaded = loadEntries(t, [
    'model_name: c, litellm_params: {model: anthropic/claude-x, api_key: k, temperature: 0.2, max_tokens: 900, extra_body: {top_k: 3}}',
  ])
  t.match(loaded.config.providers, [{ defaults: { temperature: 0.2, max_tokens: 900, top_k: 3 } }])
  t.same(loaded.notes, [])
})

t.test('prices per token become prices per million tokens', async t => {
  const loaded = loadEntries(t, [
    'model_name: m, litellm_params: {model: openai/gpt-x, api_key: k, input_cost_per_token: 0.0000011, output_cost_per_token: 4.4e-6}, model_info: {cache_read_input_token_cost: 2.75e-7, input_cost_per_token: 1}',
    'model_name: n, litellm_params: {model: openai/gpt-y, api_key: k}',
  ])
  t.same(loaded.config.providers[0]?.price, { input: 1.1, output: 4.4, cached_input: 0.275 })
  t.equal(loaded.config.providers[1]?.price, undefined)
  t.same(loaded.notes, [])
})

t.test('half a price is left out, with a note', async t => {
  const loaded = loadEntries(t, [
    'model_name: m, litellm_params: {model: openai/gpt-x, api_key: k}, model_info: {input_cost_per_token: 0.000001}',
  ])
  t.equal(loaded.config.providers[0]?.price, undefined)
  t.match(notesOf(loaded), [/a price needs both/])
})

t.test('max_input_tokens becomes the context window of the model', async t => {
  const loaded = loadEntries(t, [
    'model_name: m, litellm_params: {model: openai/gpt-x, api_key: k}, model_info: {max_input_tokens: 8000}',
  ])
  t.match(loaded.config.providers, [{ context_windows: { 'gpt-x': 8000 } }])
  t.same(loaded.notes, [])
})

t.test(
  'a limited deployment that others fall back to is not doubled, unless a pattern falls back to it',
  async t => {
    const limited = 'model_name: small, litellm_params: {model: gpt-x, api_key: k, rpm: 10}'
    const entryOf = (name: string) =>
      `model_name: "${name}", litellm_params: {model: "openai/${name}", api_key: k}`
    const more =
      'router_settings: {fallbacks: [{big: [small, gone]}, {"gpt-*": [small]}], model_group_alias: {large: big}}\n'
    const { config } = loadEntries(t, [limited, entryOf('big')], more)
    t.match(
      config.providers.map(({ name }) => name),
      ['small', 'big'],
    )
    t.same(config.fallbacks.any, { big: ['small'], large: ['small'] })
    const loaded = loadEntries(t, [limited, entryOf('gpt-*')], more)
    t.match(loaded.config.providers[2], { models: ['gpt-*'], fallback_only: true, rate_limit: { rpm: 10 } })
    t.ok(notesOf(loaded).some(note => /its limits count .* each pattern it is a fallback of/.test(note)))
  },
)
