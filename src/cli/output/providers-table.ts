import { clip } from '../../text/clip.ts'
import type { ShownProvider } from '../remote/shown-provider.ts'
import { tableLines } from './table.ts'

/** Characters of a cell of the table. */
const maxCell = 100

/** The providers of a server as a table, for people. */
export function renderProviders(providers: readonly ShownProvider[]): string {
  if (providers.length === 0) return 'The server has no providers.\n'
  const head = ['name', 'service', 'state', 'running', 'requests', 'failed', 'last error']
  const body = providers.map(provider => [
    provider.name,
    provider.host ?? provider.type,
    stateOf(provider),
    running(provider),
    String(provider.requests),
    String(provider.failures),
    provider.last_error ?? '-',
  ])
  const rows = [head, ...body].map(row => row.map(cell => clip(cell, maxCell)))
  return `${tableLines(rows).join('\n')}\n`
}

/** The calls that run, and the maximum now: the one that adapts is the lower one. */
function running({ active, adaptive_limit: adaptive, max_concurrent: max }: ShownProvider): string {
  const limit = adaptive ?? max
  return limit === null ? String(active) : `${active} of ${limit}`
}

/** Why calls are not sent, by the reason that the server states. The dashboard says the same. */
const reasons: Readonly<Record<string, string>> = {
  counted: 'too many calls failed',
  unreachable: 'cannot be reached',
  key: 'refuses its key',
  rate_limit_exceeded: 'rate limit reached',
  upstream_overloaded: 'overloaded',
}

function stateOf({ status, drained, resting, retry_in: seconds }: ShownProvider): string {
  const next = seconds > 0 ? `, asked again in ${seconds} s` : ''
  if (!drained && resting) {
    return `${status} since ${resting.since} (${restReason(resting)})${next}`
  }
  if (!drained) return `${status}${next}`
  return `${status} since ${drained.since}${drained.by === null ? '' : ` by ${drained.by}`}`
}

/** Says why a provider, or a model at it, gets no calls; the reason itself if it is new. */
function restReason({ reason, model }: NonNullable<ShownProvider['resting']>): string {
  if (reason === 'model') return `does not have ${model ?? 'the model'}`
  const words = reasons[reason] ?? reason
  return model === null ? words : `${model}: ${words}`
}
