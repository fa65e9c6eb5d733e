import { answerKeys, groupByAnswer } from '../../src/plugin.ts'
import type { Candidate, Candidates } from '../../src/plugin.ts'
import { votesFor } from '../lib/judging/agreement.ts'
import { compareMerits } from '../lib/judging/merits.ts'
import type { Decoy } from './sneaky.ts'
import type { Judgement } from './verifier.ts'

/** An answer of helpful provers; where several gave the same one in a round, the first of them is judged for all. */
export class HelpfulAnswer {
  readonly candidate: Candidate
  /** By a verifier that did not know of any decoy. */
  blind: Judgement | undefined
  /** By a verifier that had been warned. */
  warned: Judgement | undefined
  revised = false

  constructor(candidate: Candidate) {
    this.candidate = candidate
  }

  get judgement(): Judgement | undefined {
    return this.warned ?? this.blind
  }

  /** The grade, halved if it is from a verifier that was fooled; negative without a grade. */
  grade(fooled: boolean): number {
    if (this.warned) return this.warned.grade
    return this.blind ? this.blind.grade * (fooled ? 0.5 : 1) : -1
  }
}

/** One or more. */
export type HelpfulAnswers = readonly [HelpfulAnswer, ...HelpfulAnswer[]]

/** The different answers among the candidates of a round. */
export function differentAnswers(candidates: Candidates): HelpfulAnswers {
  const [first, ...rest] = groupByAnswer(candidates).map(group => new HelpfulAnswer(group.first))
  return [first!, ...rest]
}

/** The evidence besides grades when answers are ranked. */
export interface Evidence {
  /** The candidates of all rounds, each of which votes for its answer. */
  readonly candidates: Candidates
  readonly decoys: readonly Decoy[]
  /** Whether the verifier graded one of them as high as the best answer. */
  readonly fooled: boolean
}

/**
 * Sorts answers by grade, the best first. Ties are broken by results that no decoy has, then by the most common result, then
 * by the grade of the verifier that had not been warned, then by order.
 */
export function rank(answers: HelpfulAnswers, { candidates, decoys, fooled }: Evidence): HelpfulAnswers {
  const keys = answerKeys([
    ...answers.map(({ candidate }) => candidate.text),
    ...decoys.map(({ text }) => text),
  ])
  const traps = new Set(keys.slice(answers.length))
  const votes = votesFor(candidates)
  const merits = (answer: HelpfulAnswer, index: number): number[] => [
    answer.grade(fooled),
    traps.has(keys[index]!) ? 0 : 1,
    votes.get(answer.candidate)!,
    answer.blind?.grade ?? -1,
  ]
  const [best, ...rest] = answers
    .map((answer, index) => ({ answer, merits: merits(answer, index) }))
    .toSorted((left, right) => compareMerits(right.merits, left.merits))
    .map(({ answer }) => answer)
  return [best!, ...rest]
}
