import type { CallFacts, EndedAttempt } from '../../../chain/accounting/trace.ts'
import { clip } from '../../../text/clip.ts'

/** The times and the outcome of a call. */
export interface Shape {
  readonly path: string
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: string
  readonly unused: Unused
}

/** The part of an answer that is not used, from 0 to 1, and why. */
export interface Unused {
  readonly share: number
  readonly why: string | null
}

/** An answer that is used as a whole. */
export const allUsed: Unused = { share: 0, why: null }

/** The shape of a traced call. `above`: the part of the answer above it that is not used. */
export function shapeOfCall(facts: CallFacts, above: Unused): Shape {
  const { path, startedAt, endedAt = performance.now(), error } = facts
  const outcome = facts.endedAt === undefined ? 'unfinished' : outcomeOf(error ?? 'ok')
  return { path, startedAt, endedAt, outcome, unused: unusedOf(facts) ?? above }
}

/**
 * The shape of attempts at one call: from the start of the first to the end of the last. It answered if one of them did:
 * those beside it were cancelled.
 */
export function shapeOfAttempts(attempts: readonly EndedAttempt[], unused = allUsed): Shape {
  const { report, endedAt } = attempts.at(-1)!
  const startedAt = attempts.reduce((least, attempt) => Math.min(least, startOf(attempt)), Infinity)
  const answered = attempts.some(attempt => attempt.report.outcome === 'ok')
  return {
    path: report.path,
    startedAt,
    endedAt,
    outcome: answered ? 'ok' : outcomeOf(report.outcome),
    unused,
  }
}

function unusedOf({ discarded, done }: CallFacts): Unused | undefined {
  if (discarded.size === 0) return undefined
  const choices = Math.max(discarded.size, done?.finish.length ?? 1)
  const why = clip([...new Set(discarded.values())].join(', '))
  const share = discarded.size / choices
  return { share, why: share < 1 ? `${discarded.size} of ${choices} choices: ${why}` : why }
}

/** Nobody waits any more for the answer of a call that was cancelled. */
function outcomeOf(code: string): string {
  return code === 'client_closed' ? 'cancelled' : code
}

function startOf({ report, endedAt }: EndedAttempt): number {
  return endedAt - report.totalMs
}
