import type { ChatRequest } from '../../contract/index.ts'
import { arithmeticIn, slipsFrom } from './arithmetic.ts'
import { textOf } from './answer.ts'
import { judge, statedAnswersIn } from './judge.ts'
import type { StatedAnswer } from './judge.ts'

/** How well a simulated model works. */
export interface Skill {
  /** Share of questions that it answers right. */
  readonly accuracy: number
  /** Share of judgements that are right. */
  readonly judgeAccuracy: number
  /** How many wrong answers there are to a question, all equally likely. */
  readonly wrongAnswers: number
}

/** A question, and what has been said about it. */
interface Task {
  readonly expression: string
  readonly truth: number
  readonly answers: readonly StatedAnswer[]
  /** The last words of the user, and the system's. */
  readonly instruction: string
}

/**
 * What a model of this skill says, drawn with `random`. Its answers are right or wrong at random, and so is what it
 * thinks of answers that are in the conversation: a judge says what it thinks in the form it was asked for; a writer
 * keeps the one given most often of those it believes in, or finds one of its own. Its plans are of no use. Undefined
 * where the conversation has no question.
 */
export function solve(request: ChatRequest, skill: Skill, random: () => number): string | undefined {
  const task = taskIn(request)
  if (!task) return undefined
  const { expression, truth, answers, instruction } = task
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const slips = slipsFrom(truth, skill.wrongAnswers)
  const believes = believer(truth, skill, random)
  const [first, ...rest] = answers
  const judgement = first && judge({ instruction, answers: [first, ...rest], believes, oneOf })
  if (judgement !== undefined) return judgement

  const mistaken = wantsMistake.test(instruction)
  if (!mistaken && (withholds.test(instruction) || (!first && defers.test(instruction))))
    return notesOn(expression)
  const draw = (): number => (random() < skill.accuracy ? truth : oneOf(slips))
  const value = mistaken ? oneOf(slips) : (commonest(answers.filter(believes)) ?? draw())
  return `What is ${expression}? I work it out step by step.\n\nThe answer is ${value}.`
}

/** "Deliberately wrong", "write an answer that is wrong". */
const wantsMistake =
  /\b(?:deliberate(?:ly)?|intentional(?:ly)?|on purpose|subtly|write an? (?:answer|solution) that is)\b[^.]{0,60}\b(?:wrong|incorrect|mistaken?|errors?|flaw(?:ed)?)\b/i

/** "Do not answer yet": a plan, or a review where there are answers. */
const defers = /\b(?:do not|don't|without) (?:yet )?(?:answer|solv)(?:e|ing)?\b|\bnot write the answer\b/i

const withholds =
  /\bnot (?:give|tell|reveal) the (?:answer|result)|\bleave the (?:answer|result) out|\bgive no (?:answer|result)/i

/** A list, since a list is also a text. It says the question, so that a reader who knows nothing else can answer. */
function notesOn(expression: string): string {
  const notes = [`What is ${expression}?`, 'It can be taken apart.', 'It can be checked in another way.']
  return notes.map((note, index) => `${index + 1}. ${note}`).join('\n')
}

/** The value given most often, the first of equals. */
function commonest(answers: readonly StatedAnswer[]): number | undefined {
  const counts = Map.groupBy(answers, ({ value }) => value)
  const most = Math.max(...[...counts.values()].map(({ length }) => length))
  return answers.find(({ value }) => counts.get(value)!.length === most)?.value
}

/** Thinks the same of the same answer for as long as one reply takes. */
function believer(truth: number, { judgeAccuracy }: Skill, random: () => number) {
  const beliefs = new Map<number, boolean>()
  return ({ value }: StatedAnswer): boolean => {
    const belief = beliefs.get(value) ?? (value === truth) === random() < judgeAccuracy
    beliefs.set(value, belief)
    return belief
  }
}

/** The newest question of the user that can be worked out, and the answers that come after it. */
function taskIn({ messages }: ChatRequest): Task | undefined {
  const texts = messages.map(textOf)
  const at = messages.findLastIndex(({ role }, index) => role === 'user' && arithmeticIn(texts[index]!))
  const question = arithmeticIn(texts[at] ?? '')
  if (!question) return undefined
  const { expression, value: truth, end } = question
  const after = [texts[at]!.slice(end), ...texts.slice(at + 1)].join('\n')
  const told = messages.map(({ role }, index) =>
    role === 'system' || role === 'developer' ? texts[index] : '',
  )
  const last = texts[messages.findLastIndex(({ role }) => role === 'user')]
  // The signs and numbers of the question are no part of what is wanted, such as of a scale.
  const instruction = [last, ...told].join('\n').replaceAll(expression, ' ')
  return { expression, truth, answers: statedAnswersIn(after), instruction }
}
