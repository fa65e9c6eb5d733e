import { vote } from '../../src/plugin.ts'
import type { Candidate } from '../../src/plugin.ts'
import { answerKey } from '../lib/answers/answer.ts'
import { compareMerits } from '../lib/judging/merits.ts'
import type { Decoy } from './sneaky.ts'
import type { Judgement } from './verifier.ts'

/** An answer by a helpful prover. */
export class HelpfulAnswer {
  readonly candidate: Candidate
  /** Equal for answers that end in the same result. */
  readonly key: string
  /** By a verifier that knew of no decoy. */
  blind: Judgement | undefined
  /** By a verifier that was warned. */
  warned: Judgement | undefined
  revised = false

  constructor(candidate: Candidate) {
    this.candidate = candidate
    this.key = answerKey(candidate.text)
  }

  get judgement(): Judgement | undefined {
    return this.warned ?? this.blind
  }

  /** Its grade; one that a fooled verifier gave counts half. Negative where it has none. */
  grade(fooled: boolean): number {
    if (this.warned) return this.warned.grade
    return this.blind ? this.blind.grade * (fooled ? 0.5 : 1) : -1
  }
}

/** One or more. */
export type HelpfulAnswers = readonly [HelpfulAnswer, ...HelpfulAnswer[]]

/** What decoys tell when answers are ranked. */
export interface Decoyed {
  readonly decoys: readonly Decoy[]
  /** Whether the verifier found one of them as good as the best answer. */
  readonly fooled: boolean
}

/**
 * Best first, by grade. Of equals, what no decoy ends in goes before what one does, then what most end in, then who came
 * first.
 */
export function ranked(answers: HelpfulAnswers, { decoys, fooled }: Decoyed): HelpfulAnswers {
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
