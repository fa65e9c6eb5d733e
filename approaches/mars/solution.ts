import type { Candidate } from '../../src/plugin.ts'
import { votesFor } from '../lib/judging/agreement.ts'
import { compareMerits } from '../lib/judging/merits.ts'
import { attemptsOf } from './params.ts'
import type { MarsParams } from './params.ts'

/** One solution by one agent, with its verdicts. An improved solution is a new one, without any verdicts yet. */
export class Solution {
  readonly candidate: Candidate
  readonly agent: number
  /** Number of verifications that have begun. */
  attempts = 0
  passes = 0
  /** The findings of the verifications that found it wrong. */
  readonly findings: string[] = []

  constructor(candidate: Candidate, agent: number) {
    this.candidate = candidate
    this.agent = agent
  }

  /** Number of verdicts for it minus those against it. */
  get margin(): number {
    return this.passes - this.findings.length
  }

  isVerified({ verification_passes_required: required }: MarsParams): boolean {
    return this.passes >= required
  }

  /** Number of verifications to request now: as many passes as are missing, or 0 if it is decided. */
  verificationsNeeded(params: MarsParams): number {
    const missing = Math.max(params.verification_passes_required - this.passes, 0)
    return missing > attemptsOf(params) - this.attempts ? 0 : missing
  }
}

/** One or more; a tool call is the only one. */
export type Solutions = readonly [Solution, ...Solution[]]

/** Whether enough solutions are verified to stop. */
export function isEnough(solutions: Solutions, params: MarsParams): boolean {
  const verified = solutions.filter(solution => solution.isVerified(params)).length
  if (verified === solutions.length) return true
  return params.early_termination && verified >= params.min_verified_solutions
}

/**
 * The best solution so far, among the verified ones if there are any. The most common answer among these decides, then the
 * most common answer among all, then the verdicts, then the order.
 */
export function bestOf(solutions: Solutions, params: MarsParams): Solution {
  const [first, ...others] = solutions.filter(solution => solution.isVerified(params))
  const pool: Solutions = first ? [first, ...others] : solutions
  const [within, among] = [votesOf(pool), votesOf(solutions)]
  const merits = (solution: Solution): number[] => {
    return [within.get(solution.candidate)!, among.get(solution.candidate)!, solution.margin]
  }
  return pool.reduce((best, solution) =>
    compareMerits(merits(solution), merits(best)) > 0 ? solution : best,
  )
}

/** Number of solutions with the same answer as `solution`. */
export function supportOf(solution: Solution, solutions: Solutions): number {
  return votesOf(solutions).get(solution.candidate) ?? 0
}

function votesOf(solutions: Solutions): ReadonlyMap<Candidate, number> {
  return votesFor(solutions.map(({ candidate }) => candidate))
}
