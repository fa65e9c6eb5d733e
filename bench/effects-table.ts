import { table } from '../docs/generate/table.ts'
import type { Effect } from './laboratory.ts'

export interface Measured {
  readonly name: string
  /** The error where these questions do not suit an approach. */
  readonly effect: Effect | Error
}

export interface Settings {
  readonly accuracy: number
  readonly judgeAccuracy: number
  readonly wrongAnswers: number
  readonly questions: number
  readonly seed: number
}

/** What the page of the approaches shows. */
export const documented: Settings = {
  accuracy: 0.6,
  judgeAccuracy: 0.8,
  wrongAnswers: 4,
  questions: 2000,
  seed: 1,
}

/** The effects as a section of Markdown, with all that is needed to get them again. */
export function renderEffects(measured: readonly Measured[], settings: Settings): string {
  const head = ['Approach', 'Right', 'Gain', 'Calls', 'Rounds', 'Tokens']
  const rows = measured.map(one => rowOf(one, settings))
  return `## Effects\n\n${explanationOf(settings)}\n\n${table([head, ...rows])}`
}

function explanationOf(settings: Settings): string {
  const { accuracy, judgeAccuracy, wrongAnswers, questions, seed } = settings
  return `\`npm run bench:approaches\` puts ${questions} multiplications (seed ${seed}) to each approach with its defaults, over that
model with accuracy ${accuracy}, judge_accuracy ${judgeAccuracy} and wrong_answers ${wrongAnswers}. The gain is in points over one answer of it;
±0 is less than two standard errors (${(200 * errorOf(settings)).toFixed(1)}). Calls, rounds and tokens are means for one question; several
answers drawn in one call are one call here, and as many where a provider ignores \`n\`.

What a real model gains depends on the model and the question: here every draw and every judgement is independent of
the others, and the table shows what a method makes of such chances, and what it spends. What gives a model something
to think about or to work with (reading again, plans, principles, programs) cannot help one that has no thoughts.`
}

/** The cells of one approach. */
export function rowOf({ name, effect }: Measured, settings: Settings): readonly string[] {
  const title = `\`${name}\``
  if (effect instanceof Error) return [title, '', effect.message, '', '', '']
  const { accuracy, calls, rounds, tokens } = effect
  const gain = accuracy - settings.accuracy
  const sign = gain < 0 ? '-' : '+'
  const told = Math.abs(gain) < 2 * errorOf(settings) ? '±0' : `${sign}${Math.abs(gain * 100).toFixed(1)}`
  return [title, percent(accuracy, 1), told, short(calls), short(rounds), tokens.toFixed(0)]
}

/** The standard error of the share of right answers, where each question is asked once. */
function errorOf({ accuracy, questions }: Settings): number {
  return Math.sqrt((accuracy * (1 - accuracy)) / questions)
}

function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`
}

/** Whole numbers without a fraction. */
function short(value: number): string {
  return String(Number(value.toFixed(1)))
}
