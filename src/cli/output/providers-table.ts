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
    `${provider.active}${provider.max_concurrent === null ? '' : ` of ${provider.max_concurrent}`}`,
    String(provider.requests),
    String(provider.failures),
    provider.last_error ?? '-',
  ])
  const rows = [head, ...body].map(row => row.map(cell => clip(cell, maxCell)))
  return `${tableLines(rows).join('\n')}\n`
}

/** Why a provider gets no calls, by the reason that the server states. */
const reasons: Readonly<Record<string, string>> = {
  counted: 'too many calls failed',
  unreachable: 'cannot be reached',
  key: 'refuses its key',
  model: 'does not have it',
  rate_limit_exceeded: 'rate limit reached',
  upstream_overloaded: 'overloaded',
}

function stateOf({ status, drained, resting, retry_in: seconds }: ShownProvider): string {
  const next = seconds > 0 ? `, asked again in ${seconds} s` : ''
  if (!drained && resting) {
    const { since, reason, model } = resting
    const why = `${model === null ? '' : `${model}: `}${reasons[reason] ?? reason}`
    return `${status} since ${since} (${why})${next}`
  }
  if (!drained) return `${status}${next}`
  return `${status} since ${drained.since}${drained.by === null ? '' : ` by ${drained.by}`}`
}
