import { table } from '../docs/generate/table.ts'
import type { Effect } from './laboratory.ts'

export interface Measured {
  readonly name: string
  /** An error if these questions do not suit an approach. */
  readonly effect: Effect | Error
}

export interface Settings {
  readonly accuracy: number
  readonly judgeAccuracy: number
  readonly wrongAnswers: number
  readonly questions: number
  readonly seed: number
}

/** The settings of the table in docs/approaches.md. */
export const documented: Settings = {
  accuracy: 0.6,
  judgeAccuracy: 0.8,
  wrongAnswers: 4,
  questions: 2000,
  seed: 1,
}

/** The effects as a section of Markdown, with everything needed to reproduce them. */
export function renderEffects(measured: readonly Measured[], settings: Settings): string {
  const head = ['Approach', 'Right', 'Gain', 'Calls', 'Rounds', 'Tokens']
  const rows = measured.map(approach => rowOf(approach, settings))
  return `## Effects\n\n${explanationOf(settings)}\n\n${table([head, ...rows])}`
}

function explanationOf(settings: Settings): string {
  const { accuracy, judgeAccuracy, wrongAnswers, questions, seed } = settings
  return `\`npm run bench:approaches\` asks each approach, with its defaults, ${questions} multiplications (seed ${seed}) on that model
with accuracy ${accuracy}, judge_accuracy ${judgeAccuracy} and wrong_answers ${wrongAnswers}. The gain is in percentage points over a single
answer of the model; ±0 is less than three standard errors (${(100 * chanceErrors * errorOf(settings)).toFixed(1)}). Calls, rounds and tokens are means per
question; several answers drawn in one call count as one call here, but as several if a provider ignores \`n\`.

The gain of a real model depends on the model and the question. Here, all draws and judgements are independent of each
other, and the table shows what a method achieves with such probabilities, and at what cost. Methods that give a model
something to think about or to work with (reading again, plans, principles, programs) cannot help one that does not think.`
}

/** The cells of one approach. */
export function rowOf({ name, effect }: Measured, settings: Settings): readonly string[] {
  const title = `\`${name}\``
  if (effect instanceof Error) return [title, '', effect.message, '', '', '']
  const { accuracy, calls, rounds, tokens } = effect
  const gain = accuracy - settings.accuracy
  const sign = gain < 0 ? '-' : '+'
  const shownGain =
    Math.abs(gain) < chanceErrors * errorOf(settings) ? '±0' : `${sign}${Math.abs(gain * 100).toFixed(1)}`
  return [title, percent(accuracy, 1), shownGain, short(calls), short(rounds), tokens.toFixed(0)]
}

/** A gain below this number of standard errors may be chance: of twenty methods without effect, one exceeds two. */
const chanceErrors = 3

/** The standard error of the share of right answers if each question is asked once. */
function errorOf({ accuracy, questions }: Settings): number {
  return Math.sqrt((accuracy * (1 - accuracy)) / questions)
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`
}

/** Rounds to one decimal; whole numbers have none. */
function short(value: number): string {
  return String(Number(value.toFixed(1)))
}
