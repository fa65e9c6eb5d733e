import type { ChatRequest } from '../../contract/index.ts'
import { findArithmetic, slipsFrom } from './arithmetic.ts'
import { textOf } from './answer.ts'
import { findStatedAnswers, judge } from './judge.ts'
import type { StatedAnswer } from './judge.ts'

/** The skill of a simulated model. */
export interface Skill {
  /** Fraction of questions that it answers correctly. */
  readonly accuracy: number
  /** Fraction of judgements that are correct. */
  readonly judgeAccuracy: number
  /** Number of wrong answers to each question, all equally likely. */
  readonly wrongAnswers: number
}

/** A question, and the answers given to it so far. */
interface Task {
  readonly expression: string
  readonly truth: number
  readonly answers: readonly StatedAnswer[]
  /** The last message of the user, and the system messages. */
  readonly instruction: string
}

/**
 * The text of a model with this skill, drawn with `random`. Its answers are right or wrong at random, and so are its
 * opinions on answers in the conversation: a judge states its opinion in the form it was asked for; a writer keeps the
 * most frequent of the answers it believes, or finds one of its own. Its plans are useless. Undefined if the
 * conversation has no question.
 */
export function solve(request: ChatRequest, skill: Skill, random: () => number): string | undefined {
  const task = findTask(request)
  if (!task) return undefined
  const { expression, truth, answers, instruction } = task
  const pickOne = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const slips = slipsFrom(truth, skill.wrongAnswers)
  const believes = createBelief(truth, skill, random)
  const [first, ...rest] = answers
  const judgement = first && judge({ instruction, answers: [first, ...rest], believes, pickOne })
  if (judgement !== undefined) return judgement

  const isMistakeWanted = wantsMistake.test(instruction)
  if (!isMistakeWanted && (withholds.test(instruction) || (!first && defers.test(instruction))))
    return notesOn(expression)
  const draw = (): number => (random() < skill.accuracy ? truth : pickOne(slips))
  const value = isMistakeWanted ? pickOne(slips) : (mostFrequent(answers.filter(believes)) ?? draw())
  return `What is ${expression}? I work it out step by step.\n\nThe answer is ${value}.`
}

/** "Deliberately wrong", "write an answer that is wrong". */
const wantsMistake =
  /\b(?:deliberate(?:ly)?|intentional(?:ly)?|on purpose|subtly|write an? (?:answer|solution) that is)\b[^.]{0,60}\b(?:wrong|incorrect|mistaken?|errors?|flaw(?:ed)?)\b/i

/** "Do not answer yet": asks for a plan or, if there are answers, for a review. */
const defers = /\b(?:do not|don't|without) (?:yet )?(?:answer|solv)(?:e|ing)?\b|\bnot write the answer\b/i

const withholds =
  /\bnot (?:give|tell|reveal) the (?:answer|result)|\bleave the (?:answer|result) out|\bgive no (?:answer|result)/i

/**
 * Notes as a list, which also passes as a text. They repeat the question, so that a reader of nothing else can answer
 * it.
 */
function notesOn(expression: string): string {
  const notes = [`What is ${expression}?`, 'It can be taken apart.', 'It can be checked in another way.']
  return notes.map((note, index) => `${index + 1}. ${note}`).join('\n')
}

/** The most frequent value; of equals, the first. */
function mostFrequent(answers: readonly StatedAnswer[]): number | undefined {
  const counts = Map.groupBy(answers, ({ value }) => value)
  const maxCount = Math.max(...[...counts.values()].map(({ length }) => length))
  return answers.find(({ value }) => counts.get(value)!.length === maxCount)?.value
}

/** Draws whether the model believes an answer; the same answer gets the same opinion during one reply. */
function createBelief(truth: number, { judgeAccuracy }: Skill, random: () => number) {
  const beliefs = new Map<number, boolean>()
  return ({ value }: StatedAnswer): boolean => {
    const belief = beliefs.get(value) ?? (value === truth) === random() < judgeAccuracy
    beliefs.set(value, belief)
    return belief
  }
}

/** Finds the last question of the user that can be solved, and the answers after it. */
function findTask({ messages }: ChatRequest): Task | undefined {
  const texts = messages.map(textOf)
  const at = messages.findLastIndex(({ role }, index) => role === 'user' && findArithmetic(texts[index]!))
  const question = findArithmetic(texts[at] ?? '')
  if (!question) return undefined
  const { expression, value: truth, end } = question
  const after = [texts[at]!.slice(end), ...texts.slice(at + 1)].join('\n')
  const system = messages.map(({ role }, index) =>
    role === 'system' || role === 'developer' ? texts[index] : '',
  )
  const last = texts[messages.findLastIndex(({ role }) => role === 'user')]
  // The operators and numbers of the question must not be read as part of the instruction, such as a scale.
  const instruction = [last, ...system].join('\n').replaceAll(expression, ' ')
  return { expression, truth, answers: findStatedAnswers(after), instruction }
}
