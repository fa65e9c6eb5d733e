import t from 'tap'
import { load, notesOf, problemsOf } from './load.ts'

const endpoints = `SERVICE_ENDPOINTS={
  "openai": [
    "https://api.openai.com/v1",
    "https://your-proxy-1.com/v1",
    "https://your-proxy-2.com/v1"
  ],
  "anthropic": [
    "https://api.anthropic.com/v1",
    "https://your-anthropic-proxy.com/v1"
  ]
}
`
const keys = 'OPENAI_API_KEYS="sk-key1,sk-key2,sk-key3"\nANTHROPIC_API_KEYS="sk-ant-key1,sk-ant-key2"\n'

t.test('keys and endpoints in .env are a complete configuration, without a file or an approach', async t => {
  const quoted = `SERVICE_ENDPOINTS='${endpoints.slice(endpoints.indexOf('{')).trim()}'\n`
  for (const text of [keys + endpoints, keys + quoted]) {
    const { config, file, format } = load(t, { '.env': text })
    t.equal(file, undefined)
    t.equal(format, 'environment')
    t.match(config, { approach: 'proxy', routing: { strategy: 'round_robin' } })
    t.match(config.providers, [
      { name: 'openai-1', type: 'openai', base_url: 'https://api.openai.com/v1' },
      { name: 'openai-2', type: 'openai', base_url: 'https://your-proxy-1.com/v1' },
      { name: 'openai-3', api_keys: ['sk-key1', 'sk-key2', 'sk-key3'], api_key: undefined },
      { name: 'anthropic-1', type: 'anthropic', base_url: 'https://api.anthropic.com/v1' },
      { name: 'anthropic-2', api_keys: ['sk-ant-key1', 'sk-ant-key2'] },
    ])
  }
})

t.test('the prefix of a model determines its service, and the table can be extended', async t => {
  const env = { SERVICE_MODEL_PREFIXES: '{"openai": ["mine-"]}' }
  const [openai, anthropic] = load(t, { '.env': keys }, { env }).config.providers
  for (const prefix of ['gpt-', 'o1', 'mine-']) t.ok(openai?.model_prefixes?.includes(prefix), prefix)
  t.same(anthropic?.model_prefixes, ['claude-'])
})

t.test('a single service serves every model', async t => {
  const env = { OPENAI_API_KEYS: 'a,b' }
  t.match(load(t, {}, { env }).config.providers, [
    { name: 'openai', model_prefixes: undefined, api_keys: ['a', 'b'] },
  ])
})

t.test('a single key is used if the plural variable is not set', async t => {
  const env = { OPENAI_API_KEY: 'sk-a', ANTHROPIC_API_KEY: 'sk-b' }
  t.match(load(t, {}, { env }).config.providers, [
    { name: 'openai', api_key: 'sk-a', base_url: 'https://api.openai.com/v1' },
    { name: 'anthropic', api_key: 'sk-b', base_url: 'https://api.anthropic.com/v1' },
  ])
  const both = load(t, {}, { env: { ...env, OPENAI_API_KEYS: 'x,y' } }).config.providers[0]
  t.match(both, { api_keys: ['x', 'y'], api_key: undefined })
})

t.test('a single OpenAI key is the default upstream, and so is an address beside single keys', async t => {
  t.match(load(t, {}, { env: { OPENAI_API_KEY: 'k' } }), { format: undefined, config: { providers: [] } })
  const env = { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', OPENAI_BASE_URL: 'http://localhost:1/v1' }
  t.match(load(t, {}, { env }).config, { providers: [], base_url: 'http://localhost:1/v1' })
  const { OPENAI_BASE_URL: url, ...single } = env
  t.match(load(t, {}, { env: single, flags: { baseUrl: url } }).config, { providers: [], base_url: url })
})

t.test('an address in the environment is the address of the service', async t => {
  const env = { OPENAI_API_KEYS: 'k', OPENAI_BASE_URL: 'http://localhost:1/v1' }
  t.match(load(t, {}, { env }).config.providers, [{ name: 'openai', base_url: 'http://localhost:1/v1' }])
})

t.test('a configuration file wins over the environment', async t => {
  const { config, format } = load(t, { '.env': keys, 'hulumanage.yaml': 'port: 1\n' })
  t.match(config, { providers: [], port: 1 })
  t.equal(format, undefined)
})

t.test('other services have their keys and models as well', async t => {
  const env = {
    OPENAI_API_KEYS: 'k',
    GROK_API_KEY: 'sk-grok',
    SERVICE_ENDPOINTS: '{"grok": "https://api.x.ai/v1", "local": ["http://localhost:1/v1"]}',
    SERVICE_MODEL_PREFIXES: '{"local": "llama"}',
  }
  const loaded = load(t, {}, { env })
  t.match(loaded.config.providers.slice(1), [
    { name: 'grok', type: 'grok', api_key: 'sk-grok', model_prefixes: ['grok-'] },
    { name: 'local', type: undefined, api_key: undefined, model_prefixes: ['llama'] },
  ])
  t.same(notesOf(loaded), [
    'SERVICE_ENDPOINTS local: is called without a key, because neither LOCAL_API_KEYS nor LOCAL_API_KEY is set',
  ])
})

t.test('problems name the variable', async t => {
  const wrong = (SERVICE_ENDPOINTS: string) =>
    problemsOf(t, {}, { env: { OPENAI_API_KEYS: 'k', SERVICE_ENDPOINTS } })
  const faults = {
    '{"openai": [': 'is not valid JSON: it ends too early',
    '{': 'is not valid JSON: it ends too early',
    '{"openai": ["https://me:secret@a/v1",]}': 'is not valid JSON: unexpected ]',
    '{\n"openai": [\n"https://me:secret@a/v1"\n"https://b/v1"]}':
      "is not valid JSON: expected ',' or ']' after array element at position 39 (line 4 column 1)",
    '{"openai": "https://me:secret@a/v1",}':
      'is not valid JSON: expected double-quoted property name at position 36 (line 1 column 37)',
    "{'openai': 'https://me:secret@a/v1'}":
      "is not valid JSON: expected property name or '}' at position 1 (line 1 column 2)",
    '{"openai" = "https://me:secret@a/v1"}':
      "is not valid JSON: expected ':' after property name at position 10 (line 1 column 11)",
    '{"openai": "https://me:secret@a\\v1"}':
      'is not valid JSON: bad escaped character at position 32 (line 1 column 33)',
    '{"openai": 01}': 'is not valid JSON: unexpected number at position 12 (line 1 column 13)',
    '{} https://me:secret@a/v1':
      'is not valid JSON: unexpected non-whitespace character at position 3 (line 1 column 4)',
    '{"openai": secret}': 'is not valid JSON: unexpected s',
    '[:"in JSON at position 1 secret"]': 'is not valid JSON: unexpected :',
    '{"openai": 😁}': 'is not valid JSON: unexpected character',
    undefined: 'is not a JSON object',
    '[]': 'is not a JSON object',
  }
  for (const [text, fault] of Object.entries(faults)) {
    t.strictSame(wrong(text), [
      `SERVICE_ENDPOINTS: ${fault} (such as {"openai": ["https://api.openai.com/v1"]})`,
    ])
  }
  t.strictSame(wrong('{"openai": ["https://a/v1", "b"]}'), [
    'SERVICE_ENDPOINTS openai[1]: expected an http or https URL, got "b"',
  ])
  t.strictSame(wrong('{"unknown": ["https://a/v1"]}'), [
    'SERVICE_ENDPOINTS unknown: no models are known for this service (set SERVICE_MODEL_PREFIXES={"unknown": ["PREFIX-"]})',
  ])
})

t.test('LOG_LEVEL counts, after our own variable', async t => {
  const levelWith = (env: Record<string, string>) => load(t, {}, { env }).config.monitoring.log_level
  t.equal(levelWith({ LOG_LEVEL: 'DEBUG' }), 'debug')
  t.equal(levelWith({ LOG_LEVEL: 'DEBUG', HULUMANAGE_LOG: 'error' }), 'error')
})
