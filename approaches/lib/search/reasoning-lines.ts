import { oneOfEach, votesFor } from '../judging/agreement.ts'
import type { Step } from './reasoning-steps.ts'
import { answerKey, groupByAnswer, withoutThinking } from '../../../src/plugin.ts'
import type { Candidate, Candidates } from '../../../src/plugin.ts'

/** A line of reasoning with its answer: the first of the drawn answers with the most common result. */
export interface Line {
  /** Number of the simulation that followed it. */
  readonly number: number
  readonly steps: readonly Step[]
  readonly answer: Candidate
  /** All drawn answers. */
  readonly answers: Candidates
  /** Confidence from 0 to 1: the share of answers that agree. 0 if the answer is truncated or not text. */
  readonly value: number
}

/** A line that ends in these answers, of `requested` that were asked for. */
export function lineOf(number: number, steps: readonly Step[], answers: Candidates, requested: number): Line {
  const [answer] = oneOfEach(groupByAnswer(answers))
  const share = votesFor(answers).get(answer)! / requested
  return { number, steps, answer, answers, value: answer.truncated || answer.nonText ? 0 : share }
}

/**
 * The line whose answer has the most support within the line and among all lines: the share of its own answers that agree,
 * times the number of all answers that agree. Ties go to the first.
 */
export function bestOf(lines: readonly Line[], all: readonly Line[]): Line | undefined {
  const support = votesFor(all.flatMap(({ answers }) => answers))
  const score = ({ answer, value }: Line): number => value * (support.get(answer) ?? 0)
  const scores = lines.map(score)
  return lines[scores.indexOf(Math.max(...scores))]
}

/** The first half of a line, as a start for another solver: its steps and the lines of its answer, up to its result. */
export function firstHalfOf({ steps, answer }: Line): readonly string[] {
  const key = answerKey(answer.text)
  const spoken = withoutThinking(answer.text).split('\n')
  const parts = [...steps.map(({ text }) => text), ...spoken.filter(text => text.trim() !== '')]
  const half = parts.slice(0, Math.floor(parts.length / 2))
  const revealing = half.findIndex(part => answerKey(part) === key)
  return revealing === -1 ? half : half.slice(0, revealing)
}
