import t from 'tap'
import { load, notesOf } from '../load.ts'

t.test('the time limit of the router has precedence over that of all calls', async t => {
  const timeoutOf = (sections: string): number | undefined => {
    const text = `model_list: [{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}]\n${sections}`
    return load(t, { 'config.yaml': text }).config.timeouts.request
  }
  t.equal(timeoutOf('litellm_settings: {request_timeout: 60}\nrouter_settings: {timeout: 20}\n'), 20)
  t.equal(timeoutOf('litellm_settings: {request_timeout: 60}\nrouter_settings: {}\n'), 60)
})

t.test('an entry that is left out takes no retries from the others of its name', async t => {
  const text = `model_list:
  - {model_name: here, litellm_params: {model: gpt-4o, api_key: k}}
  - {model_name: here, litellm_params: {model: bedrock/gpt-4o}}
router_settings: {num_retries: 2}
`
  t.match(load(t, { 'config.yaml': text }).config.providers, [{ name: 'here', retries: { max: 2 } }])
})

t.test('logs in JSON stay so', async t => {
  const text = `model_list: [{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}]
litellm_settings: {json_logs: true}
`
  const loaded = load(t, { 'config.yaml': text })
  t.equal(loaded.config.monitoring.log_format, 'json')
  t.strictSame(notesOf(loaded), [])
})

const entry = 'model_list: [{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}]\n'

t.test('background checks and the maximum of parallel requests are carried over', async t => {
  const routingOf = (general: string) =>
    load(t, { 'config.yaml': `${entry}general_settings: {${general}}\n` }).config
  const on = routingOf(
    'background_health_checks: true, health_check_interval: 300, global_max_parallel_requests: 40',
  )
  t.match(on.routing.health_check, { enabled: true, interval: 300 })
  t.equal(on.queue.max_concurrent, 40)
  t.match(routingOf('background_health_checks: false').routing.health_check, { enabled: false })
  t.match(routingOf('health_check_interval: 300').routing.health_check, { enabled: true, interval: 30 })
})

t.test('usage in every stream is carried over', async t => {
  const loadedWith = (value: boolean) =>
    load(t, { 'config.yaml': `${entry}general_settings: {always_include_stream_usage: ${value}}\n` })
  t.equal(loadedWith(true).config.stream_usage, 'always')
  t.equal(loadedWith(false).config.stream_usage, 'asked')
  t.strictSame(
    [true, false].flatMap(value => notesOf(loadedWith(value))),
    [],
  )
})

t.test('settings that only LiteLLM needs are not called a loss', async t => {
  const { notes } = load(t, {
    'config.yaml': `${entry}litellm_settings: {turn_off_message_logging: true, allow_requests_on_db_unavailable: true}
general_settings: {use_redis_transaction_buffer: true, database_connection_pool_limit: 10, alerting_threshold: 300, store_prompts_in_spend_logs: true}
`,
  })
  const effects = notes.map(({ path, effect }) => `${path.replace(/.*\./, '')}: ${effect}`)
  t.same(effects.toSorted(), [
    'alerting_threshold: otherwise',
    'allow_requests_on_db_unavailable: nothing',
    'database_connection_pool_limit: nothing',
    'store_prompts_in_spend_logs: otherwise',
    'turn_off_message_logging: nothing',
    'use_redis_transaction_buffer: nothing',
  ])
})

t.test('a cache in the Redis of the router, or in memory, works as it did', async t => {
  const notesFor = (router: string, cache: string) =>
    notesOf(
      load(t, {
        'config.yaml': `${entry}router_settings: {${router}}\nlitellm_settings: {cache: true, cache_params: {${cache}}}\n`,
      }),
    )
  const redis = 'redis_host: r, redis_port: 6379, redis_password: p'
  t.same(notesFor(redis, 'type: redis, host: r, port: "6379", password: p'), [])
  t.same(notesFor('', 'type: local, ttl: 60'), [])
  t.match(notesFor(redis, 'type: redis, host: other, port: 6379, password: p'), [
    /host: the cache has no separate/,
  ])
})

t.test('failures are counted as the router says, else as either section says', async t => {
  const loaded = (more: string) => load(t, { 'config.yaml': entry + more })
  const settings = 'litellm_settings: {allowed_fails: 2, cooldown_time: 30}\n'
  t.match(loaded(settings).config.routing, { failure_threshold: 3, cooldown: 30, max_cooldown: 30 })
  const both = loaded(`${settings}router_settings: {allowed_fails: 4, cooldown_time: 9}\n`)
  t.match(both.config.routing, { failure_threshold: 5, cooldown: 9, max_cooldown: 20 })
  t.match(notesOf(both), [
    /litellm_settings\.allowed_fails: router_settings has it, too, and takes precedence/,
    /litellm_settings\.cooldown_time: router_settings has it, too/,
  ])
})

t.test('a cooldown of 0 is the default; only disable_cooldowns turns it off', async t => {
  const configOf = (router: string) =>
    load(t, { 'config.yaml': `${entry}router_settings: {${router}}\n` }).config
  const { monitoring, routing } = configOf('cooldown_time: 0')
  t.match([monitoring.track_errors, routing.cooldown], [true, configOf('').routing.cooldown])
  t.equal(configOf('disable_cooldowns: true').monitoring.track_errors, false)
})

t.test('a request has time for its longest call and a failover', async t => {
  const timeoutsOf = (entries: string, router: string) =>
    load(t, { 'config.yaml': `model_list: [${entries}]\nrouter_settings: {${router}}\n` }).config.timeouts
  const plain = '{model_name: here, litellm_params: {model: gpt-4o, api_key: k}}'
  const slow = '{model_name: slow, litellm_params: {model: gpt-4o, api_key: k, timeout: 900}}'
  t.match(timeoutsOf(plain, 'timeout: 30'), { request: 30, total: 600 })
  t.match(timeoutsOf(plain, 'timeout: 600'), { request: 600, total: 1200 })
  t.match(timeoutsOf(`${plain}, ${slow}`, 'timeout: 30'), { request: 30, total: 1800 })
  t.match(timeoutsOf(plain, 'timeout: 2000000'), { request: 2_000_000, total: 2_147_483 })
  const referring = `${entry}router_settings: {timeout: os.environ/T}\n`
  const { config } = load(t, { 'config.yaml': referring }, { env: { T: '900' } })
  t.match(config.timeouts, { request: 900, total: 1800 })
})

t.test('of two time limits, the one that has no effect is noted', async t => {
  const sections = 'litellm_settings: {request_timeout: 60}\nrouter_settings: {timeout: 20}\n'
  t.match(notesOf(load(t, { 'config.yaml': entry + sections })), [
    /request_timeout: router_settings\.timeout takes precedence/,
  ])
})

t.test('a Redis with TLS stays one', async t => {
  const urlFor = (sections: string) => load(t, { 'config.yaml': entry + sections }).config.redis?.url
  const cache = 'cache_params: {type: redis, host: r, port: 6380, ssl: true, ssl_certfile: null}'
  t.equal(urlFor(`litellm_settings: {cache: true, ${cache}}\n`), 'rediss://r:6380')
  t.equal(urlFor('router_settings: {redis_host: r, redis_ssl: true}\n'), 'rediss://r:6379')
})

t.test('settings that are empty or switched off are not called a loss', async t => {
  const { notes } = load(t, {
    'config.yaml': `${entry}router_settings: {enable_tag_filtering: false, provider_budget_config: {}}
general_settings: {alerting: [], disable_spend_logs: false, store_model_in_db: false, store_model_in_dbs: true}
`,
  })
  t.same(
    notes.map(({ path, effect }) => `${path}: ${effect}`),
    [
      'router_settings.enable_tag_filtering: nothing',
      'general_settings.store_model_in_db: nothing',
      'general_settings.store_model_in_dbs: lost',
    ],
  )
})

t.test('of the checks before a call, the one for prompt caches becomes affinity', async t => {
  const loaded = load(t, {
    'config.yaml': `${entry}router_settings: {optional_pre_call_checks: [prompt_caching, responses_api_deployment_check, other]}\n`,
  })
  t.equal(loaded.config.routing.affinity, 'prefix')
  t.same(
    loaded.notes.map(({ message, effect }) => `${effect}: ${message.split(':')[0]}`),
    ['otherwise: prompt_caching', 'nothing: responses_api_deployment_check', 'lost: other'],
  )
})

t.test('an alias without a single model is noted', async t => {
  const aliases = 'router_settings: {model_group_alias: {both: [here, there], one: here}}\n'
  const loaded = load(t, { 'config.yaml': entry + aliases })
  t.same(loaded.config.providers[0]?.models, ['here', 'one'])
  t.match(notesOf(loaded), [/model_group_alias\.both: expected the name of one model; left out/])
})
