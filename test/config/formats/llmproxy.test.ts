import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { load, notesOf, problemsOf } from './load.ts'

const example = readFileSync(join(import.meta.dirname, '../../../examples/formats/llmproxy.yaml'), 'utf8')
const env = { OPENAI_API_KEY: 'sk-a', AZURE_API_KEY: 'sk-b', REDIS_HOST: 'state.example' }

t.test('each entry of a group becomes a provider that serves the name of the group', async t => {
  const { config, format } = load(t, { 'llmproxy.yaml': example }, { env })
  t.equal(format, 'llmproxy')
  t.match(config.providers, [
    { name: 'gpt-4o-mini', weight: 2, models: ['gpt-4o-mini'], model_map: {}, api_key: 'sk-a' },
    {
      name: 'gpt-4o-mini-2',
      type: 'azure',
      base_url: 'https://eastus.openai.azure.com',
      api_version: '2024-10-21',
      weight: 1,
      models: ['gpt-4o-mini'],
      model_map: { 'gpt-4o-mini': 'mini-east' },
    },
    { name: 'text-embedding-3-large', base_url: 'https://api.openai.com/v1', retries: { max: 3 } },
  ])
})

t.test('each setting is converted', async t => {
  const loaded = load(t, { 'llmproxy.yaml': example }, { env })
  t.match(loaded.config, {
    approach: 'proxy',
    host: '127.0.0.1',
    port: 4243,
    routing: { strategy: 'weighted', failure_threshold: 1, cooldown: 60 },
    redis: { url: 'redis://state.example:6379' },
    cache: { enabled: true, ttl: 604_800, namespace: 'llmproxy.cache' },
  })
  t.match(notesOf(loaded), [/^llmproxy\.yaml:35:3 cache_params\.host: /])
})

const group = (models: string) => `model_groups: [{model_group: g, models: ${models}}]\n`
const entry = (extra: string, params = '') =>
  `{model: m, ${extra} params: {base_url: "http://a/v1", ${params}}}`

t.test('attempts are shared by the endpoints of a group', async t => {
  const retriesFor = (count: number, retries: number) => {
    const models = `[${Array.from({ length: count }, () => entry('')).join(', ')}]`
    const text = `${group(models)}general_settings: {num_retries: ${retries}}\n`
    return load(t, { 'llmproxy.yaml': text }).config.providers.map(provider => provider.retries.max)
  }
  t.same(retriesFor(1, 3), [3])
  t.same(retriesFor(2, 3), [1, 1])
  t.same(retriesFor(3, 2), [0, 0, 0])
  t.same(retriesFor(1, 0), [0])
})

t.test('as many failures as allowed end in a cooldown, and in none if it takes no time', async t => {
  const configOf = (settings: string) =>
    load(t, { 'llmproxy.yaml': `${group(`[${entry('')}]`)}general_settings: {${settings}}\n` }).config
  t.equal(configOf('allowed_fails: 3').routing.failure_threshold, 3)
  t.equal(configOf('allowed_fails: 0').routing.failure_threshold, 1)
  const { monitoring, routing } = configOf('cooldown_time: 0')
  t.match([monitoring.track_errors, routing.cooldown], [false, configOf('').routing.cooldown])
})

t.test('fractional weights keep their proportion, and an endpoint of weight 0 is a fallback', async t => {
  const providersOf = (...weights: readonly string[]) => {
    const models = `[${weights.map(weight => entry(`weight: ${weight},`)).join(', ')}]`
    const loaded = load(t, { 'llmproxy.yaml': group(models) })
    t.same(notesOf(loaded), [])
    return loaded.config.providers.map(({ weight, fallback_only: isLast }) => [weight, isLast])
  }
  t.same(providersOf('0.75', '0.25', '0'), [
    [3, false],
    [1, false],
    [1, true],
  ])
  t.same(
    providersOf('0', '0'),
    [
      [1, false],
      [1, false],
    ],
    'without others, they take turns',
  )
})

t.test('limits of the HTTP client hold for calls', async t => {
  const settings = 'http_timeout: 300, http_max_connections: 50, response_affinity_ttl: 60'
  const loaded = load(t, {
    'llmproxy.yaml': `${group(`[${entry('')}]`)}general_settings: {${settings}}\n`,
  })
  t.match(loaded.config, { timeouts: { request: 300 }, queue: { max_concurrent: 50 } })
  t.match(notesOf(loaded), [/response_affinity_ttl: the id of a response says which provider has it/])
})

t.test('a variable for the password of Redis may be empty, as in the .env of LLMProxy', async t => {
  const settings = 'redis_host: r, redis_password: os.environ/REDIS_PASSWORD'
  const files = { 'llmproxy.yaml': `${group('[]')}general_settings: {${settings}}\n` }
  t.match(load(t, files, { env: { REDIS_PASSWORD: '' } }).config.redis, {
    url: 'redis://r:6379',
    password: '',
  })
})

t.test('TLS to Redis is read from text, and no password goes in the clear for want of a value', async t => {
  const filesWith = (ssl: string) => ({
    'llmproxy.yaml': `${group('[]')}general_settings: {redis_host: r, redis_password: p, redis_ssl: ${ssl}}\n`,
  })
  for (const ssl of ['true', '"true"', '"True"', '1', '"1"'])
    t.equal(load(t, filesWith(ssl)).config.redis?.url, 'rediss://r:6379', ssl)
  for (const ssl of ['false', '"False"', '0', '""', 'null'])
    t.equal(load(t, filesWith(ssl)).config.redis?.url, 'redis://r:6379', ssl)
  for (const ssl of ['os.environ/REDIS_SSL', 'perhaps'])
    t.match(problemsOf(t, filesWith(ssl), { env: { REDIS_SSL: 'true' } }), [
      /redis_ssl: expected true or false \(write true for TLS/,
    ])
})

t.test('certificates of Redis are always verified', async t => {
  const settings = 'redis_host: r, redis_ssl: true, redis_ssl_cert_reqs: none, cache_params: {ssl: true}'
  const loaded = load(t, { 'llmproxy.yaml': `${group('[]')}general_settings: {${settings}}\n` })
  t.match(notesOf(loaded), [/redis_ssl_cert_reqs: certificates are always verified/])
})

t.test('of two time limits, request_timeout holds, and a request has time for two calls', async t => {
  const loadWith = (settings: string) =>
    load(t, { 'llmproxy.yaml': `${group(`[${entry('')}]`)}general_settings: {${settings}}\n` })
  for (const settings of [
    'request_timeout: 20, http_timeout: 900',
    'http_timeout: 900, request_timeout: 20',
  ]) {
    const loaded = loadWith(settings)
    t.match(loaded.config.timeouts, { request: 20, total: 600 })
    t.match(notesOf(loaded), [/http_timeout: request_timeout takes precedence/])
  }
  t.match(loadWith('http_timeout: 900').config.timeouts, { request: 900, total: 1800 })
})

t.test('Redis becomes the shared store, however it is configured', async t => {
  const redisOf = (settings: string, more = '') =>
    load(
      t,
      { 'llmproxy.yaml': `${group('[]')}general_settings: {${settings}}\n${more}` },
      { env: { SECRET: 's' } },
    )
  const details =
    'redis_host: r, redis_port: 1, redis_password: os.environ/SECRET, redis_db: 2, redis_ssl: true'
  t.match(redisOf(details).config.redis, { url: 'rediss://r:1/2', password: 's' })
  t.match(redisOf('redis_url: "redis://:s@r:1/2"').config.redis, { url: 'redis://:s@r:1/2' })
  const cache = redisOf('cache: true', 'cache_params: {type: redis, host: c, port: 3, password: s}\n')
  t.match(cache.config.redis, { url: 'redis://c:3', password: 's' })
  t.strictSame(notesOf(cache), [])
  t.equal(redisOf('cache: true').config.redis, undefined)
  const both = redisOf('redis_host: r', 'cache_params: {host: c, password: canary}\n')
  t.match(both.config.redis, { url: 'redis://r:6379' })
  t.match(notesOf(both), [/cache_params\.host: /, /cache_params\.password: /])
  t.notMatch(notesOf(both).join(), 'canary')
})

t.test('cache_params may stand among the settings', t => {
  const cached = (more: string) =>
    load(t, {
      'llmproxy.yaml': `${group('[]')}general_settings: {cache: true, cache_params: {ttl: 60, namespace: a b}}\n${more}`,
    })
  const within = cached('')
  t.match(within.config.cache, { enabled: true, ttl: 60, namespace: 'a-b' })
  t.strictSame(notesOf(within), [])
  const both = cached('cache_params: {ttl: 70}\n')
  t.match(both.config.cache, { ttl: 70 })
  t.match(notesOf(both), [/general_settings\.cache_params: not supported; left out/])
  t.end()
})

t.test('problems name their position in the foreign file', async t => {
  const text = `model_groups:
  - models: []
  - model_group: g
    models:
      - model: m
      - model: m
        weight: heavy
        params:
          base_url: nowhere
          api_key: os.environ/UNSET
general_settings:
  bind_port: os.environ/PORT
  allowed_fails: three
cache_params: off
`
  t.strictSame(problemsOf(t, { 'llmproxy.yaml': text }, { env: { PORT: 'x' } }), [
    'llmproxy.yaml:2:5 model_groups[0]: model_group is required',
    'llmproxy.yaml:5:9 model_groups[1].models[0]: params is required: the address of the endpoint, and its key',
    'llmproxy.yaml:7:9 model_groups[1].models[1].weight: expected a number',
    'llmproxy.yaml:9:11 model_groups[1].models[1].params.base_url: expected an http or https URL, got "nowhere"',
    'llmproxy.yaml:10:11 model_groups[1].models[1].params.api_key: the environment variable UNSET is not set; set it, or write ${UNSET:-default}',
    'llmproxy.yaml:12:3 general_settings.bind_port: expected a whole number from 0 to 65535, got the value of ${PORT}',
    'llmproxy.yaml:13:3 general_settings.allowed_fails: expected a number',
    'llmproxy.yaml:14:1 cache_params: expected a mapping',
  ])
})

t.test('LLMPROXY_CONFIG names the file, after our own variable', async t => {
  const files = { 'a.yaml': `${group('[]')}general_settings: {bind_port: 1}\n`, 'b.yaml': 'port: 2\n' }
  t.equal(load(t, files, { env: { LLMPROXY_CONFIG: 'a.yaml' } }).config.port, 1)
  t.equal(load(t, files, { env: { LLMPROXY_CONFIG: 'a.yaml', HULUMANAGE_CONFIG: 'b.yaml' } }).config.port, 2)
})
