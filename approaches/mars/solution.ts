import { vote } from '../../src/plugin.ts'
import type { Candidate } from '../../src/plugin.ts'
import { answerKey } from '../lib/answers/answer.ts'
import { compareMerits } from '../lib/judging/merits.ts'
import { attemptsOf } from './params.ts'
import type { MarsParams } from './params.ts'

/** One solution, by one agent, with its own verdicts. A solution that is improved is another one, with none yet. */
export class Solution {
  readonly candidate: Candidate
  readonly agent: number
  /** Verifications begun. */
  attempts = 0
  passes = 0
  /** What those that found it wrong had to say. */
  readonly findings: string[] = []
  #key: string | undefined

  constructor(candidate: Candidate, agent: number) {
    this.candidate = candidate
    this.agent = agent
  }

  /** Equal for solutions that end in the same answer. */
  get key(): string {
    return (this.#key ??= answerKey(this.candidate.text))
  }

  /** Verdicts for it, less those against it. */
  get margin(): number {
    return this.passes - this.findings.length
  }

  isVerified({ verification_passes_required: required }: MarsParams): boolean {
    return this.passes >= required
  }

  /** Verifications to ask for now: as many as it lacks, or none where it is decided. */
  wanted(params: MarsParams): number {
    const lacking = Math.max(params.verification_passes_required - this.passes, 0)
    return lacking > attemptsOf(params) - this.attempts ? 0 : lacking
  }
}

/** One or more; a tool call is the only one. */
export type Solutions = readonly [Solution, ...Solution[]]

/** Whether so many are verified that nothing more need be done. */
export function isEnough(solutions: Solutions, params: MarsParams): boolean {
  const verified = solutions.filter(solution => solution.isVerified(params)).length
  if (verified === solutions.length) return true
  return params.early_termination && verified >= params.min_verified_solutions
}

/**
 * The best so far: of the verified, where there are any. The answer counts that most of these end in, then the one that most
 * of all end in, then the verdicts, then who came first.
 */
export function bestOf(solutions: Solutions, params: MarsParams): Solution {
  const [first, ...others] = solutions.filter(solution => solution.isVerified(params))
  const pool: Solutions = first ? [first, ...others] : solutions
  const [within, among] = [votesOf(pool), votesOf(solutions)]
  const merits = (solution: Solution): number[] => {
    return [within.get(solution.key) ?? 0, among.get(solution.key) ?? 0, solution.margin]
  }
  return pool.reduce((best, solution) =>
    compareMerits(merits(solution), merits(best)) > 0 ? solution : best,
  )
}

/** How many end in the same answer as `solution`. */
export function supportOf(solution: Solution, solutions: Solutions): number {
  return votesOf(solutions).get(solution.key) ?? 0
}

function votesOf(solutions: Solutions): ReadonlyMap<string, number> {
  return vote(solutions, ({ key }) => key).counts
}
