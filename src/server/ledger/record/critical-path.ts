import type { CallRow } from '../../../ledger/columns.ts'

/**
 * The milliseconds of the longest row of calls to models each of which began when the one before had ended: a request
 * cannot take less than that. Null without calls.
 */
export function criticalPath(calls: readonly CallRow[]): number | null {
  const [first] = calls
  // Most requests make one call.
  if (calls.length === 1) return first?.kind === 'call' ? Number(first.ms) : null
  const ofModels = calls.filter(({ kind }) => kind === 'call')
  if (ofModels.length === 0) return null
  const starts = ofModels.toSorted((one, other) => Number(one.start_ms) - Number(other.start_ms))
  const ends = ofModels.toSorted((one, other) => endOf(one) - endOf(other))
  const lengths = new Map<CallRow, number>()
  let longest = 0
  let ended = 0
  for (const call of starts) {
    for (; ended < ends.length && endOf(ends[ended]!) <= Number(call.start_ms); ended++)
      longest = Math.max(longest, lengths.get(ends[ended]!) ?? 0)
    lengths.set(call, longest + Number(call.ms))
  }
  return Math.max(...lengths.values())
}

function endOf({ start_ms: start, ms }: CallRow): number {
  return Number(start) + Number(ms)
}
