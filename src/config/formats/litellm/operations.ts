import type { Effect } from '../../problems.ts'
import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'

/** Callbacks whose service takes traces as OTLP. */
const tracing: ReadonlySet<unknown> = new Set([
  'otel',
  'langfuse',
  'langfuse_otel',
  'arize',
  'arize_phoenix',
  'langsmith',
  'langtrace',
])

/** Notes what takes the place of the callbacks in `litellm_settings`, each by its name. */
export function noteCallbacks(settings: ForeignMapping, ours: Conversion): void {
  for (const key of ['callbacks', 'success_callback', 'failure_callback', 'service_callback']) {
    const value = settings.get(key)
    for (const name of [value ?? []].flat()) {
      ours.note(settings.at(key), ...replacementOf(name))
    }
  }
}

/** Settings for a database that no request waits for here. */
const database = [
  'allow_requests_on_db_unavailable',
  'proxy_batch_write_at',
  'use_redis_transaction_buffer',
  'database_connection_pool_limit',
  'database_connection_timeout',
]
/** Settings of its alerts. */
const alerts = ['alerting', 'alerting_threshold', 'alerting_args', 'alert_types', 'alert_to_webhook_url']

/** Carries over the key of the proxy and its health checks, and notes what takes the place of its database and its alerts. */
export function convertGeneral(settings: ForeignMapping, ours: Conversion): void {
  settings.move('master_key', ['api_keys', 0])
  settings.omit(
    'database_url',
    'requests and named clients are kept in a file; ledger.url keeps them in PostgreSQL, in a schema of its own, without the keys and the spend of LiteLLM',
    'otherwise',
  )
  for (const key of database) noteDatabase(settings, key)
  for (const key of alerts)
    settings.omit(key, 'alerts are rules for Prometheus: docs/monitoring/alerts.yml', 'otherwise')
  settings.omit(
    'store_prompts_in_spend_logs',
    'ledger.bodies keeps prompts and answers, redacted or whole',
    'otherwise',
    false,
  )
  settings.omit('disable_telemetry', 'this server reports to nobody; left out', 'nothing')
  for (const key of ['disable_spend_logs', 'disable_error_logs'])
    settings.omit(key, 'ledger.enabled: false keeps no record of requests', 'otherwise', false)
  settings.move('global_max_parallel_requests', ['queue', 'max_concurrent'])
  const usage = settings.get('always_include_stream_usage')
  ours.put(
    ['stream_usage'],
    usage === true ? 'always' : undefined,
    settings.at('always_include_stream_usage'),
  )
  convertChecks(settings, ours)
}

/** Its checks are off by default and ask each model; ours are on and ask for the list of models, which costs nothing. */
function convertChecks(settings: ForeignMapping, ours: Conversion): void {
  const isOn = settings.get('background_health_checks')
  if (isOn === false)
    ours.put(['routing', 'health_check', 'enabled'], false, settings.at('background_health_checks'))
  const interval = settings.number('health_check_interval')
  if (isOn === true)
    ours.put(['routing', 'health_check', 'interval'], interval, settings.at('health_check_interval'))
  settings.omit('health_check_details', 'GET /providers has the details of each provider', 'nothing')
}

/** Notes what `litellm_settings` says about logs of messages and about the database. */
export function noteLogging(settings: ForeignMapping): void {
  for (const key of ['turn_off_message_logging', 'redact_messages_in_exceptions'])
    settings.omit(key, 'no messages are logged, and none are kept unless ledger.bodies says so', 'nothing')
  for (const key of database) noteDatabase(settings, key)
}

function noteDatabase(settings: ForeignMapping, key: string): void {
  const reason =
    key === 'proxy_batch_write_at'
      ? 'the ledger writes in batches by itself'
      : 'no request waits for a database here'
  settings.omit(key, reason, 'nothing')
}

function replacementOf(name: unknown): [message: string, effect: Effect] {
  if (name === 'prometheus') return ['GET /metrics is always there, with metrics of its own', 'nothing']
  if (typeof name !== 'string') return ['a callback with settings: not supported; left out', 'lost']
  if (!tracing.has(name)) return [`${name}: not supported; left out`, 'lost']
  return [`to send traces to ${name}, set otel.endpoint to its address for OTLP`, 'otherwise']
}
