import { table } from '../docs/generate/table.ts'
import type { JudgeBias } from '../src/config/sections/simulate.ts'
import type { Effect } from './laboratory.ts'

/** The judges of the table, the honest one first. */
export const judges = ['honest', 'agrees', 'lies'] as const satisfies readonly JudgeBias[]

/** The effects of an approach under each judge. */
export interface Measured {
  readonly name: string
  /** An error if these questions do not suit an approach. */
  readonly effects: readonly (Effect | Error)[]
  /** Share of right answers of a plain vote over as many completions, rounded. */
  readonly plainVote: number
}

export interface Settings {
  readonly accuracy: number
  readonly difficultySpread: number
  readonly sharedMistakes: number
  readonly judgeAccuracy: number
  readonly wrongAnswers: number
  readonly questions: number
  readonly seed: number
}

/** The list price of a model, in USD for a million tokens. */
export interface Price {
  readonly model: string
  readonly input: number
  readonly output: number
  /** Where the price is from, and of which day it is. */
  readonly source: string
}

/** The price of the column in docs/approaches.md: of a model that does not think, as the simulated one. */
export const documentedPrice: Price = {
  model: 'gpt-4.1-mini',
  input: 0.4,
  output: 1.6,
  source: '`@pydantic/genai-prices` 0.1.8, at OpenAI on 30 November 2026',
}

/** The settings of the table in docs/approaches.md. */
export const documented: Settings = {
  accuracy: 0.6,
  difficultySpread: 0.38,
  sharedMistakes: 0.6,
  judgeAccuracy: 0.8,
  wrongAnswers: 4,
  questions: 2000,
  seed: 1,
}

/** A method that stops when its vote is decided, and the same one when it draws all of its answers. */
export interface Vote {
  readonly name: string
  readonly adaptive: Effect
  readonly full: Effect
}

/** The effects as a section of Markdown, with everything needed to reproduce them. */
export function renderEffects(
  measured: readonly Measured[],
  votes: readonly Vote[],
  settings: Settings,
): string {
  const head = [
    'Approach',
    'Right',
    'Gain',
    'Plain vote',
    'If the judge agrees',
    'If it lies',
    'Completions',
    'Rounds',
    'Tokens',
    'USD for 1,000',
  ]
  const rows = measured.map(approach => rowOf(approach, settings))
  const parts = [
    explanationOf(settings),
    '### Measured',
    table([head, ...rows]).trimEnd(),
    renderVotes(votes),
  ]
  return `## Effects\n\n${parts.join('\n\n')}\n`
}

/** The cost of votes that stop early, in a sentence for each. */
function renderVotes(votes: readonly Vote[]): string {
  const sentences = votes.map(({ name, adaptive, full }) => {
    const share = percent(adaptive.completions / full.completions)
    const rounds = `${short(adaptive.rounds)} rounds instead of ${short(full.rounds)}`
    const right = `${percent(adaptive.accuracy, 1)} right instead of ${percent(full.accuracy, 1)}`
    return `\`${name}\` makes ${share} of the completions of the full vote, in ${rounds}, and gets ${right}.`
  })
  return `Votes stop when they are decided. On the same questions, with \`adaptive: false\` as the full vote:\n\n${sentences.map(sentence => `- ${sentence}`).join('\n')}`
}

function explanationOf(settings: Settings): string {
  const { accuracy, difficultySpread, sharedMistakes, judgeAccuracy, wrongAnswers, questions, seed } =
    settings
  return `\`npm run bench:approaches\` asks each approach, with its defaults, ${questions} multiplications (seed ${seed}) on that model
with accuracy ${accuracy}, difficulty_spread ${difficultySpread}, wrong_answers ${wrongAnswers} and shared_mistakes ${sharedMistakes}: questions differ, and mistakes agree. The judge
sees through a mistake with judge_accuracy ${judgeAccuracy}, but the common one deceives it as often as it occurs. A plain vote is what the
same number of completions gets right if all of them are answers (\`self_consistency\` with \`adaptive: false\` and
\`equivalence: off\`): a method that stays below it is for other tasks than these. Two more columns show the
share of right answers with a judge that agrees with everything, and with one that lies. The gain is in percentage
points over a single answer, under the honest judge; ±0 is less than three standard errors, of ${percent(errorOf(settings), 1)} each. Completions are
answers and judgements, with each of several in one call counted; they, rounds and tokens are means per question.
The last column is what 1,000 questions cost at the list price of \`${documentedPrice.model}\`, USD ${documentedPrice.input.toFixed(2)} per million input tokens and
USD ${documentedPrice.output.toFixed(2)} per million output tokens (${documentedPrice.source}), without cached tokens.

The gain of a real model depends on the model and the question. The table shows what a method achieves with such
probabilities, and at what cost. Methods that give a model something to think about or to work with (reading again, plans,
principles, programs) cannot help one that does not think; \`cascade\`, \`effort\`, \`compact\` and \`valid\` save cost, tokens or
failures, not mistakes.

### Which one to choose

| Task                                     | Budget           | Chain                                                                   |
| ---------------------------------------- | ---------------- | ----------------------------------------------------------------------- |
| one result to check: maths, choices      | 2 to 5 answers   | \`self_consistency\`: needs no judge, stops when the vote is decided      |
| the same, and a judge worth its trust    | about 7 answers  | \`genselect\`, \`sets\`: compare or verify only what differs                |
| hard problems                            | 10 to 20 answers | \`rsa\` or \`mcts\`; \`ab_mcts\` if several models are at hand               |
| text with many good answers              | 5 calls          | \`fusion\` or \`moa\`; \`genselect\` if merging would flatten the style      |
| facts, lists, biographies                | 4 to 8 calls     | \`cove\`                                                                 |
| JSON that must match a schema            | 1 to 6 calls     | \`valid\`                                                                |
| mixed traffic                            | 1 call more      | \`pick\`; \`cascade-small>large\` to save cost; \`effort\` on thinking models |
| conversations that outgrow the window    | 1 call now and then | \`compact\`                                                           |

### For other tasks

Short results that can vote, from a model that does not think, show little of what these do. Here they stay below a plain vote or
close to it, as \`moa\` and \`sets\` do:

| Task                                                                                                              | Approach     |
| ----------------------------------------------------------------------------------------------------------------- | ------------ |
| answers to readers who want no reasoning: a model that does not think by itself does so first, in the same call   | \`cot_reflection\` |
| facts in lists and biographies: each claim is checked without the draft, and such texts cannot vote               | \`cove\`       |
| many tasks of one kind: the plan for them is made once, and all answers follow it                                 | \`deepthink\`  |
| proofs and long derivations: whole solutions are verified, and improved by what verifiers object to               | \`mars\`       |
| code and open problems: observations make solutions differ in their idea, not only in their wording               | \`plansearch\` |
| text that a reader has to check: answers are written to be checkable, and decoys show a verifier that errs        | \`pvg\`        |
| models that reason in few steps: sub-questions and rephrasing change what is drawn, and another model confirms it | \`rstar\`      |
| code and specifications: a second answer to the task that the draft really solves shows what was misread          | \`rto\`        |

Two ideas were compared on 1,000 questions with the approaches as they were then, and left out; the table below is newer. With
rewards ranked within siblings in place of grades, \`mcts\` got 79.6 % right instead of 82.1 %, and 59.1 % instead of 67.7 %
with a judge that agrees. With grades added up per answer, \`pvg\` got as many right as without.`
}

/** The cells of one approach. */
export function rowOf({ name, effects, plainVote }: Measured, settings: Settings): readonly string[] {
  const title = `\`${name}\``
  const [honest, ...biased] = effects
  if (!honest || honest instanceof Error)
    return [title, '', honest?.message ?? '', '', '', '', '', '', '', '']
  const { accuracy, completions, rounds, tokens } = honest
  const cost = costOf(honest, documentedPrice)
  const gain = accuracy - settings.accuracy
  const sign = gain < 0 ? '-' : '+'
  const shownGain =
    Math.abs(gain) < chanceErrors * errorOf(settings) ? '±0' : `${sign}${Math.abs(gain * 100).toFixed(1)}`
  const others = biased.map(effect => (effect instanceof Error ? '' : percent(effect.accuracy, 1)))
  return [
    title,
    percent(accuracy, 1),
    shownGain,
    percent(plainVote, 1),
    ...others,
    short(completions),
    short(rounds),
    tokens.toFixed(0),
    cost.toFixed(cost < 0.1 ? 3 : 2),
  ]
}

/** The cost of 1,000 questions in USD. */
function costOf({ tokens, written }: Effect, { input, output }: Price): number {
  return ((tokens - written) * input + written * output) / 1000
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
