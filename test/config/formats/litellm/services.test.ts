import t from 'tap'
import type { Test } from 'tap'
import { load, notesOf } from '../load.ts'

const loadEntries = (t: Test, entries: readonly string[], more = '') =>
  load(t, { 'config.yaml': `model_list:\n${entries.map(entry => `  - {${entry}}\n`).join('')}${more}` })

t.test(
  'a service with a kind of its own, or with an address that LiteLLM knows, is not left out',
  async t => {
    const models = [
      'moonshot/kimi-k2.5',
      'dashscope/qwen3-max',
      'cerebras/gpt-oss-120b',
      'nvidia_nim/meta/llama',
    ]
    const loaded = load(
      t,
      {
        'config.yaml': `model_list:\n${models.map(model => `  - {model_name: m, litellm_params: {model: ${model}}}\n`).join('')}`,
      },
      {
        env: {
          MOONSHOT_API_KEY: 'm',
          DASHSCOPE_API_KEY: 'd',
          CEREBRAS_API_KEY: 'c',
          NVIDIA_NIM_API_KEY: 'n',
        },
      },
    )
    t.match(loaded.config.providers, [
      { type: 'moonshot', api_key: 'm', model_map: { m: 'kimi-k2.5' } },
      { type: 'qwen', api_key: 'd', model_map: { m: 'qwen3-max' } },
      { type: 'openai', base_url: 'https://api.cerebras.ai/v1', api_key: 'c' },
      { base_url: 'https://integrate.api.nvidia.com/v1', api_key: 'n', model_map: { m: 'meta/llama' } },
    ])
    t.same(notesOf(loaded), [])
  },
)

t.test('openai/ at the address of another service leaves its kind to its host', async t => {
  const typeAt = (address: string) =>
    loadEntries(t, [
      `model_name: m, litellm_params: {model: openai/x, api_key: k, api_base: "${address}"}`,
    ]).config.providers.map(({ type }) => type)
  for (const address of [
    'https://api.deepseek.com',
    'https://openrouter.ai/api/v1',
    'http://10.0.0.7:8000/v1',
  ])
    t.same(typeAt(address), [undefined], address)
  for (const address of ['https://r.openai.azure.com/openai/v1', 'https://api.anthropic.com/v1'])
    t.same(typeAt(address), ['openai'], `${address} has an API of its own`)
})

t.test('facts about a model that change nothing here are not told, and mode: responses is kept', async t => {
  const loaded = loadEntries(t, [
    'model_name: m, litellm_params: {model: gpt-4o, api_key: k, supports_vision: true}, model_info: {mode: chat, supports_function_calling: true, max_output_tokens: 8192}',
    'model_name: r, litellm_params: {model: o3-pro, api_key: k}, model_info: {mode: responses}',
    'model_name: c, litellm_params: {model: claude-opus-4-6, api_key: k, thinking: {type: enabled, budget_tokens: 2048}}',
  ])
  t.same(notesOf(loaded), [])
  t.match(loaded.config.providers, [
    { api: undefined },
    { api: 'responses' },
    { defaults: { thinking: { type: 'enabled', budget_tokens: 2048 } } },
  ])
})

t.test('addresses that LiteLLM takes from the environment are taken from there', async t => {
  const text = 'model_list:\n  - {model_name: m, litellm_params: {model: openai/x, api_key: k}}\n'
  const baseUrlWith = (env: Record<string, string>) =>
    load(t, { 'config.yaml': text }, { env }).config.providers[0]?.base_url
  t.equal(baseUrlWith({}), 'https://api.openai.com/v1')
  t.equal(baseUrlWith({ OPENAI_API_BASE: 'http://vllm:8000/v1' }), 'http://vllm:8000/v1')
})

t.test(
  "an address of Google's own API becomes that of its OpenAI-compatible one, or is left out",
  async t => {
    const at = (address: string) =>
      loadEntries(t, [
        `model_name: m, litellm_params: {model: gemini/x, api_key: k, api_base: "${address}"}`,
        'model_name: n, litellm_params: {model: gpt-4o, api_key: k}',
      ])
    const compatible = 'https://generativelanguage.googleapis.com/v1beta/openai'
    for (const end of ['', '/', '/v1beta', '/v1beta/openai'])
      t.equal(at(`https://generativelanguage.googleapis.com${end}`).config.providers[0]?.base_url, compatible)
    const vertex = at('https://aiplatform.googleapis.com/v1/publishers/google')
    t.same(
      vertex.config.providers.map(({ name }) => name),
      ['n'],
    )
    t.match(notesOf(vertex), [/Vertex AI's own API is not supported; .*endpoints\/openapi; left out/])
  },
)
