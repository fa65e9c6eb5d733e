import { answerKey } from '../answers/answer.ts'
import type { Step } from './reasoning-steps.ts'
import { vote, withoutThinking } from '../../../src/plugin.ts'
import type { Candidate, Candidates } from '../../../src/plugin.ts'

/** A line of reasoning with its answer: the first of the drawn answers with the most common result. */
export interface Line {
  /** Number of the simulation that followed it. */
  readonly number: number
  readonly steps: readonly Step[]
  readonly answer: Candidate
  /** The result of the answer; lines with the same key agree. */
  readonly key: string
  /** Number of drawn answers by result. */
  readonly counts: ReadonlyMap<string, number>
  /** Confidence from 0 to 1: the share of answers that agree. 0 if the answer is truncated or not text. */
  readonly value: number
}

/** A line that ends in these answers, of `requested` that were asked for. */
export function lineOf(number: number, steps: readonly Step[], answers: Candidates, requested: number): Line {
  const { winner, votes, counts } = vote(answers, ({ text }) => answerKey(text))
  const value = winner.truncated || winner.nonText ? 0 : votes / requested
  return { number, steps, answer: winner, key: answerKey(winner.text), counts, value }
}

/**
 * The line whose answer has the most support within the line and among all lines: the share of its own answers that agree,
 * times the number of all answers that agree. Ties go to the first.
 */
export function bestOf(lines: readonly Line[], all: readonly Line[]): Line | undefined {
  const score = ({ key, value }: Line): number =>
    value * all.reduce((sum, { counts }) => sum + (counts.get(key) ?? 0), 0)
  const scores = lines.map(score)
  return lines[scores.indexOf(Math.max(...scores))]
}

/** The first half of a line, as a start for another solver: its steps and the lines of its answer, up to its result. */
export function firstHalfOf({ steps, answer, key }: Line): readonly string[] {
  const spoken = withoutThinking(answer.text).split('\n')
  const parts = [...steps.map(({ text }) => text), ...spoken.filter(text => text.trim() !== '')]
  const half = parts.slice(0, Math.floor(parts.length / 2))
  const revealing = half.findIndex(part => answerKey(part) === key)
  return revealing === -1 ? half : half.slice(0, revealing)
}
