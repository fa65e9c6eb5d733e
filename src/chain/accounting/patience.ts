import type { Config } from '../../config/schema.ts'
import type { ChainRequest, Client } from '../request.ts'
import { withinPatience } from './budget.ts'
import type { Allowance } from './budget.ts'

/**
 * The allowance of a client with a timeout of its own. A stream that begins in time with comments, after `stream_commit`,
 * keeps its client waiting however long it takes.
 */
export function patient(
  allowance: Allowance,
  { patience }: Client,
  { request, operation }: Pick<ChainRequest, 'request' | 'operation'>,
  { stream_commit: commit }: Config,
): Allowance {
  if (patience === undefined) return allowance
  const streams = request.stream === true
  if (streams && patience > commit) return allowance
  return withinPatience(allowance, patience, streams || operation === 'pass_through')
}
