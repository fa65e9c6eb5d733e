import { answerKey } from '../answers/answer.ts'
import type { Step } from './reasoning-steps.ts'
import { vote, withoutThinking } from '../../../src/plugin.ts'
import type { Candidate, Candidates } from '../../../src/plugin.ts'

/** A line of reasoning with its answer: the first of those drawn that most agree on. */
export interface Line {
  /** Its place among the lines of a search. */
  readonly number: number
  readonly steps: readonly Step[]
  readonly answer: Candidate
  /** The result of the answer; lines with the same key agree. */
  readonly key: string
  /** How many of the answers drawn have which result. */
  readonly counts: ReadonlyMap<string, number>
  /** How sure the answer is, from 0 to 1: the share that agrees on it. 0 for one that broke off or is no text. */
  readonly value: number
}

/** A line that ends in these answers of `asked` that should have come. */
export function lineOf(number: number, steps: readonly Step[], answers: Candidates, asked: number): Line {
  const { winner, votes, counts } = vote(answers, ({ text }) => answerKey(text))
  const value = winner.truncated || winner.nonText ? 0 : votes / asked
  return { number, steps, answer: winner, key: answerKey(winner.text), counts, value }
}

/**
 * The line whose answer is surest by itself and among all lines: the share of its own answers that agree on it, times
 * that of all answers. Of equals the first.
 */
export function bestOf(lines: readonly Line[], all: readonly Line[]): Line | undefined {
  const score = ({ key, value }: Line): number =>
    value * all.reduce((sum, { counts }) => sum + (counts.get(key) ?? 0), 0)
  const scores = lines.map(score)
  return lines[scores.indexOf(Math.max(...scores))]
}

/** The first half of a line, to be gone on from: its steps and the lines of its answer, up to where its result is told. */
export function firstHalfOf({ steps, answer, key }: Line): readonly string[] {
  const spoken = withoutThinking(answer.text).split('\n')
  const parts = [...steps.map(({ text }) => text), ...spoken.filter(text => text.trim() !== '')]
  const half = parts.slice(0, Math.floor(parts.length / 2))
  const telling = half.findIndex(part => answerKey(part) === key)
  return telling === -1 ? half : half.slice(0, telling)
}
