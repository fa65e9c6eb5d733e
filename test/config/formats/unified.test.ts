import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { builtInKinds } from '../../../src/providers/kinds.ts'
import { load, notesOf, problemsOf } from './load.ts'

const example = readFileSync(join(import.meta.dirname, '../../../examples/formats/unified.yaml'), 'utf8')
const env = {
  PROXY_API_OPENAI_API_KEY: 'sk-openai',
  PROXY_API_OPENROUTER_API_KEY: 'sk-router',
}

t.test('every global setting of the document is converted', async t => {
  const { config, format, file } = load(t, { 'config.yaml': example }, { env })
  t.equal(format, 'unified')
  t.match(file, /config\.yaml$/)
  t.match(config, {
    approach: 'proxy',
    host: '127.0.0.1',
    port: 8000,
    api_keys: ['your-api-key-here'],
    api_key_header: 'X-API-Key',
    cors_origins: ['*'],
    rate_limit: {
      requests: 1000,
      window: 60,
      endpoints: {
        'chat/completions': { requests: 100, window: 60 },
        completions: { requests: 100, window: 60 },
        embeddings: { requests: 200, window: 60 },
      },
    },
    timeouts: { total: 300 },
    routing: {
      strategy: 'failover',
      failure_threshold: 5,
      cooldown: 60,
      health_check: { enabled: true, interval: 60 },
    },
    monitoring: { log_level: 'info', log_file: undefined },
  })
})

t.test('every field of a provider is converted, and providers are ordered by priority', async t => {
  const { providers } = load(t, { 'config.yaml': example }, { env }).config
  t.match(providers, [
    {
      name: 'openai_default',
      type: 'openai',
      base_url: 'https://api.openai.com/v1',
      api_key: 'sk-openai',
      models: ['gpt-4', 'gpt-3.5-turbo'],
      priority: 1,
      timeout: 30,
      retries: { max: 3, delay: 1 },
      rate_limit: undefined,
      max_connections: 10,
      keepalive_timeout: 30,
      headers: {},
    },
    {
      name: 'openrouter_backup',
      type: 'openrouter',
      api_key: 'sk-router',
      priority: 2,
      headers: { 'HTTP-Referer': 'https://example.com' },
    },
    { name: 'cohere_off', type: 'cohere', enabled: false },
  ])
  t.equal(providers.length, 3)
})

t.test('the limits that theirs sets for single endpoints hold, unless rate_limit_rpm is lower', async t => {
  const limitOf = (more: string) => load(t, { 'config.yaml': `app_name: x\n${more}` }).config.rate_limit
  t.match(limitOf(''), { requests: undefined, endpoints: { embeddings: { requests: 200 } } })
  t.strictSame(Object.keys(limitOf('rate_limit_rpm: 150')?.endpoints ?? {}), [
    'chat/completions',
    'completions',
  ])
  t.equal(limitOf('rate_limit_rpm: 100')?.endpoints, undefined)
  t.match(limitOf('rate_limit_rpm: 100\nrate_limit_window: 10'), {
    window: 10,
    endpoints: { 'chat/completions': { requests: 100, window: 60 } },
  })
  t.match(
    limitOf('rate_limit_rpm: 1000\nrate_limit_window: 3600'),
    { endpoints: { 'chat/completions': { requests: 100, window: 60 } } },
    'a lower rate may still allow more in one minute',
  )
  t.equal(limitOf('rate_limit_rpm: 90\nrate_limit_window: 3600')?.endpoints, undefined)
})

t.test('settings without a meaning here are noted, with their line', async t => {
  t.strictSame(notesOf(load(t, { 'config.yaml': example }, { env })), [
    'config.yaml:2:1 app_name: the server has no configurable name; left out',
    'config.yaml:3:1 app_version: the server reports its own version; left out',
    'config.yaml:45:5 providers[2]: cohere_off is not enabled: it is listed, but its key is not read',
  ])
  const odd = 'app_name: x\ndebug: true\nconfig_file: other.yaml\nrate_limit_window: 5\nworkers: {count: 4}\n'
  t.match(notesOf(load(t, { 'config.yaml': odd })), [
    /app_name/,
    /:2:1 debug: set log_level to DEBUG/,
    /:3:1 config_file: .*--config/,
    /:4:1 rate_limit_window: has no effect without rate_limit_rpm/,
    /:5:1 workers: not supported; left out/,
  ])
})

t.test('every type of the document is a kind of service', async t => {
  const known = new Map(builtInKinds.map(kind => [kind.name, kind]))
  for (const type of ['openai', 'perplexity', 'grok', 'blackbox', 'openrouter', 'cohere', 'azure']) {
    t.ok(known.has(type), type)
  }
  const bases = ['perplexity', 'grok', 'blackbox', 'openrouter', 'cohere'].map(
    type => known.get(type)?.baseUrl,
  )
  t.ok(bases.every(base => base?.startsWith('https://')))
  t.equal(known.get('cohere')?.streamUsage, false)
})

t.test('a rate limit is in requests per minute, or names its unit', async t => {
  const text = (limit: string) =>
    `providers:\n  - {name: a, type: openai, api_key_env: K, rate_limit: ${limit}}\n`
  const limitOf = (limit: string) =>
    load(t, { 'config.yaml': text(limit) }, { env: { K: 'k' } }).config.providers[0]?.rate_limit
  t.same(limitOf('60'), { rpm: 60 })
  t.same(limitOf('{rpm: 60, tpm: 1000}'), { rpm: 60, tpm: 1000 })
})

t.test('a problem names the line and the path of the foreign file', async t => {
  const text = `circuit_breaker_timeout: soon
request_timeout: -1
providers:
  - name: second
    type: openai
    api_key_env: UNSET_KEY
    priority: 2
  - name: first
    base_url: nowhere
    priority: 1
    max_retries: many
    custom_headers: [a]
  - just text
`
  t.strictSame(problemsOf(t, { 'config.yaml': text }), [
    'config.yaml:1:1 circuit_breaker_timeout: expected a number above 0 and at most 2147483, got "soon"',
    'config.yaml:2:1 request_timeout: expected a number above 0 and at most 2147483, got -1',
    'config.yaml:6:5 providers[0].api_key_env: the environment variable UNSET_KEY is not set; set it, or write ${UNSET_KEY:-default}',
    'config.yaml:9:5 providers[1].base_url: expected an http or https URL, got "nowhere"',
    'config.yaml:11:5 providers[1].max_retries: expected a whole number from 0 to 100, got "many"',
    'config.yaml:12:5 providers[1].custom_headers: expected a mapping, got a list',
    'config.yaml:13:5 providers[2]: expected a mapping',
  ])
})
