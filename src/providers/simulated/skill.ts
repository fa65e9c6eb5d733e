import { hash } from 'node:crypto'
import type { JudgeBias } from '../../config/sections/simulate.ts'
import type { StatedAnswer } from './judge.ts'
import { randomFrom } from './random.ts'

/** The skill of a simulated model. */
export interface Skill {
  /** Mean fraction of questions that it answers correctly. */
  readonly accuracy: number
  /** How far the accuracy on one question is above or below the mean, at most. */
  readonly difficultySpread?: number
  /** Fraction of judgements that are correct. */
  readonly judgeAccuracy: number
  readonly judgeBias?: JudgeBias
  /** Number of wrong answers to each question. */
  readonly wrongAnswers: number
  /** Fraction of mistakes that are the same one; the others are equally likely. */
  readonly sharedMistakes?: number
}

/** The accuracy on one question: the difficulty belongs to the question, so that all answers to it share it. */
export function accuracyOn(expression: string, { accuracy, difficultySpread = 0 }: Skill): number {
  if (difficultySpread === 0) return accuracy
  const ease = 2 * randomFrom(`difficulty of ${expression}`)() - 1
  return Math.min(1, Math.max(0, accuracy + difficultySpread * ease))
}

/** The mistake that most make on a question. */
export function commonMistake(expression: string, slips: readonly number[]): number {
  return slips[Number.parseInt(hash('sha256', expression).slice(0, 4), 16) % slips.length]!
}

/** Answers longer than this many characters please a judge that likes them long. */
const pleasing = 160

/** A question with its right answer and the usual mistake. */
interface Truth {
  readonly truth: number
  readonly common: number
}

/**
 * Creates a function that draws whether the model believes an answer; the same answer gets the same opinion during one
 * reply. A biased judge goes by other things than the answer.
 */
export function createBelief({ truth, common }: Truth, skill: Skill, random: () => number) {
  const { judgeAccuracy, judgeBias = 'honest', sharedMistakes = 0 } = skill
  const takenIn = Math.max(1 - judgeAccuracy, sharedMistakes)
  const beliefs = new Map<number, boolean>()
  const seesThrough = (value: number): boolean => random() < (value === common ? 1 - takenIn : judgeAccuracy)
  const honest = (value: number): boolean => {
    const belief = beliefs.get(value) ?? (value === truth) === seesThrough(value)
    beliefs.set(value, belief)
    return belief
  }
  return ({ value, length }: StatedAnswer): boolean => {
    if (judgeBias === 'honest') return honest(value)
    if (judgeBias === 'lies') return !honest(value)
    if (judgeBias === 'guesses') return random() < 0.5
    if (judgeBias === 'long') return length > pleasing
    return judgeBias !== 'denies'
  }
}
