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

/** Carries over the key of the proxy, and notes what takes the place of its database and its alerts. */
export function convertGeneral(settings: ForeignMapping): void {
  settings.move('master_key', ['api_keys', 0])
  const database =
    'requests and named clients are kept in a file; ledger.url keeps them in PostgreSQL, in a schema of its own, without the keys and the spend of LiteLLM'
  settings.omit('database_url', database, 'otherwise')
  settings.omit('proxy_batch_write_at', 'the ledger writes in batches by itself', 'nothing')
  settings.omit('alerting', 'alerts are rules for Prometheus: docs/monitoring/alerts.yml', 'otherwise')
}

function replacementOf(name: unknown): [message: string, effect: Effect] {
  if (name === 'prometheus') return ['GET /metrics is always there, with metrics of its own', 'nothing']
  if (!tracing.has(name))
    return [
      `${typeof name === 'string' ? name : 'a callback with settings'}: not supported; left out`,
      'lost',
    ]
  return [`to send traces to ${String(name)}, set otel.endpoint to its address for OTLP`, 'otherwise']
}
