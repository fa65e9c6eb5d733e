import { refuses } from '../../../src/plugin.ts'
import type { Candidate, Candidates, Context } from '../../../src/plugin.ts'

/**
 * Candidates that were made from others, without those that only refuse where one of these answers: they would outvote it.
 * Undefined if none is left, which is reported as degraded.
 */
export function rewritten(
  ctx: Context,
  from: readonly Candidate[],
  drawn: readonly Candidate[],
): Candidates | undefined {
  const answering = from.every(refuses) ? drawn : drawn.filter(candidate => !refuses(candidate))
  for (const candidate of drawn)
    if (!answering.includes(candidate)) candidate.discard('refuses, unlike the answers it was made from')
  const [first, ...rest] = answering
  if (first) return [first, ...rest]
  if (drawn.length > 0) ctx.degrade('answer')
  return undefined
}
