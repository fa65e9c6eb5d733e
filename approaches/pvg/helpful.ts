import { vote } from '../../src/plugin.ts'
import type { Candidate } from '../../src/plugin.ts'
import { answerKey } from '../lib/answers/answer.ts'
import { compareMerits } from '../lib/judging/merits.ts'
import type { Decoy } from './sneaky.ts'
import type { Judgement } from './verifier.ts'

/** The answer of a helpful prover. */
export class HelpfulAnswer {
  readonly candidate: Candidate
  /** Equal for answers that end in the same result. */
  readonly key: string
  /** By a verifier that did not know of any decoy. */
  blind: Judgement | undefined
  /** By a verifier that had been warned. */
  warned: Judgement | undefined
  revised = false

  constructor(candidate: Candidate) {
    this.candidate = candidate
    this.key = answerKey(candidate.text)
  }

  get judgement(): Judgement | undefined {
    return this.warned ?? this.blind
  }

  /** The grade, halved if it is from a verifier that was fooled; negative if there is none. */
  grade(fooled: boolean): number {
    if (this.warned) return this.warned.grade
    return this.blind ? this.blind.grade * (fooled ? 0.5 : 1) : -1
  }
}

/** One or more. */
export type HelpfulAnswers = readonly [HelpfulAnswer, ...HelpfulAnswer[]]

/** The evidence from decoys when answers are ranked. */
export interface DecoyEvidence {
  readonly decoys: readonly Decoy[]
  /** Whether the verifier graded one of them as high as the best answer. */
  readonly fooled: boolean
}

/**
 * Sorts answers by grade, the best first. Ties are broken by results that no decoy has, then by the most common result, then
 * by the grade of the verifier that had not been warned, then by order.
 */
export function rank(answers: HelpfulAnswers, { decoys, fooled }: DecoyEvidence): HelpfulAnswers {
  const traps = new Set(decoys.map(({ text }) => answerKey(text)))
  const { counts } = vote(answers, ({ key }) => key)
  const merits = (answer: HelpfulAnswer): number[] => [
    answer.grade(fooled),
    traps.has(answer.key) ? 0 : 1,
    counts.get(answer.key) ?? 0,
    answer.blind?.grade ?? -1,
  ]
  const [best, ...rest] = answers
    .map(answer => ({ answer, merits: merits(answer) }))
    .toSorted((left, right) => compareMerits(right.merits, left.merits))
    .map(({ answer }) => answer)
  return [best!, ...rest]
}
