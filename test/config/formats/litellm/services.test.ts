import t from 'tap'
import type { Test } from 'tap'
import { services } from '../../../../src/config/formats/litellm/services.ts'
import { builtInKinds } from '../../../../src/providers/kinds.ts'
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
  for (const address of [
    'https://r.openai.azure.com/openai/v1',
    'https://api.anthropic.com/v1',
    'https://gateway.test/anthropic',
    'https://gateway.test/anthropic/v1',
  ])
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

const baseUrlOf = (t: Test, params: string, env: Record<string, string> = {}) =>
  load(
    t,
    { 'config.yaml': `model_list:\n  - {model_name: m, litellm_params: {api_key: k, ${params}}}\n` },
    { env },
  ).config.providers[0]?.base_url

t.test('addresses that LiteLLM takes from the environment are taken from there', async t => {
  const at = (env: Record<string, string>) => baseUrlOf(t, 'model: openai/x', env)
  const own = 'https://api.openai.com/v1'
  t.equal(at({}), own)
  t.equal(at({ OPENAI_API_BASE: 'http://vllm:8000/v1' }), 'http://vllm:8000/v1')
  t.equal(at({ OPENAI_BASE_URL: 'http://here:8000/v1' }), 'http://here:8000/v1')
  const both = { OPENAI_API_BASE: 'http://vllm:8000/v1', OPENAI_BASE_URL: 'http://here:8000/v1' }
  t.equal(at(both), 'http://here:8000/v1')
  t.equal(at({ OPENAI_API_BASE: '', OPENAI_BASE_URL: '' }), own)
  const variables = {
    nvidia_nim: 'NVIDIA_NIM_API_BASE',
    meta_llama: 'LLAMA_API_BASE',
    ai21_chat: 'AI21_API_BASE',
    deepseek: 'DEEPSEEK_API_BASE',
    friendliai: 'FRIENDLI_API_BASE',
    together_ai: 'TOGETHER_AI_API_BASE',
    llamafile: 'LLAMAFILE_API_BASE',
    hosted_vllm: 'HOSTED_VLLM_API_BASE',
  }
  for (const [service, name] of Object.entries(variables))
    t.equal(baseUrlOf(t, `model: ${service}/x`, { [name]: 'http://gate/v1' }), 'http://gate/v1', name)
})

t.test('a service without an address in the environment is asked at the address of its kind', async t => {
  const kinds = new Map(builtInKinds.map(kind => [kind.name, kind.baseUrl]))
  for (const [service, { type }] of Object.entries(services)) {
    const own = type === 'openai' ? undefined : kinds.get(type)
    if (own !== undefined) t.equal(baseUrlOf(t, `model: ${service}/x`) ?? own, own, service)
  }
})

t.test('a version that LiteLLM adds is added once, wherever the address is from', async t => {
  for (const end of ['', '/', '/v1', '/v1/'])
    t.equal(
      baseUrlOf(t, 'model: ollama/x', { OLLAMA_API_BASE: `http://h:11434${end}` }),
      'http://h:11434/v1',
      `OLLAMA_API_BASE with ${end}`,
    )
  const gate = 'https://gate.test/v1'
  for (const end of ['', '/messages', '/messages/', '/chat/completions']) {
    const given = `${gate}${end}`
    t.equal(baseUrlOf(t, `model: claude-opus-4-6, api_base: "${given}"`), gate, given)
    t.equal(baseUrlOf(t, 'model: claude-opus-4-6', { ANTHROPIC_API_BASE: given }), gate, given)
  }
  t.equal(
    baseUrlOf(t, 'model: claude-opus-4-6, api_base: "https://gate.test/messages"'),
    'https://gate.test/messages/v1',
    'a path without a version is that of a gateway',
  )
  const google = 'https://generativelanguage.googleapis.com'
  const vertex = 'https://aiplatform.googleapis.com/v1/projects/p/locations/global/endpoints/openapi'
  const gemini = {
    [google]: `${google}/v1beta/openai`,
    [`${google}/`]: `${google}/v1beta/openai`,
    [`${google}/v1beta`]: `${google}/v1beta/openai`,
    [`${google}/v1alpha`]: `${google}/v1alpha/openai`,
    [`${google}/v1beta/openai/chat/completions`]: `${google}/v1beta/openai`,
    [`${google}/v1beta/openai/`]: `${google}/v1beta/openai`,
    'https://gate/openai': 'https://gate/openai',
    [vertex]: vertex,
  }
  for (const [given, used] of Object.entries(gemini)) {
    t.equal(baseUrlOf(t, `model: gemini/x, api_base: "${given}"`), used, given)
    t.equal(baseUrlOf(t, 'model: gemini/x, base_url: os.environ/GATE', { GATE: given }), used, given)
  }
})

t.test('the key of a service is that of the first of its variables', async t => {
  const keyWith = (env: Record<string, string>, service = 'friendliai') =>
    load(
      t,
      { 'config.yaml': `model_list: [{model_name: m, litellm_params: {model: ${service}/x}}]\n` },
      { env },
    ).config.providers[0]?.api_key
  t.equal(keyWith({ FRIENDLI_TOKEN: 'second' }), 'second')
  t.equal(keyWith({ FRIENDLI_TOKEN: 'second', FRIENDLIAI_API_KEY: 'first' }), 'first')
  const others = {
    fireworks_ai: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY', 'FIREWORKSAI_API_KEY', 'FIREWORKS_AI_TOKEN'],
    together_ai: ['TOGETHER_API_KEY', 'TOGETHER_AI_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_TOKEN'],
    openrouter: ['OPENROUTER_API_KEY', 'OR_API_KEY'],
    cohere: ['COHERE_API_KEY', 'CO_API_KEY'],
  }
  for (const [service, names] of Object.entries(others))
    for (const [index, name] of names.entries()) {
      const env = Object.fromEntries(names.slice(index).map(other => [other, other]))
      t.equal(keyWith(env, service), name)
    }
})

t.test("an address of Vertex AI's own API is left out, with a note at the address", async t => {
  for (const key of ['api_base', 'base_url']) {
    const vertex = loadEntries(t, [
      `model_name: m, litellm_params: {model: gemini/x, api_key: k, ${key}: "https://aiplatform.googleapis.com/v1/publishers/google"}`,
      'model_name: n, litellm_params: {model: gpt-4o, api_key: k}',
    ])
    t.same(
      vertex.config.providers.map(({ name }) => name),
      ['n'],
    )
    t.match(notesOf(vertex), [
      new RegExp(
        `litellm_params\\.${key}: Vertex AI's own API is not supported; .*endpoints/openapi; left out`,
      ),
    ])
  }
})
