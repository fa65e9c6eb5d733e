import type { ChatRequest } from '../../contract/index.ts'
import { findArithmetic, slipsFrom } from './arithmetic.ts'
import { textOf } from './answer.ts'
import { findStatedAnswers, judge } from './judge.ts'
import type { StatedAnswer } from './judge.ts'
import { accuracyOn, commonMistake, createBelief } from './skill.ts'
import type { Skill } from './skill.ts'
import { strayAnswer, strayJudgement } from './stray.ts'

export type { Skill } from './skill.ts'

/** A text, and whether it states the right answer. */
export interface Solved {
  readonly text: string
  readonly isRight: boolean
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
 * most frequent of the answers it believes, or finds one of its own. Its plans are useless, and to it all tasks are of the
 * first kind that it is offered. If it `strays`, it writes as
 * small models do. Undefined if the conversation has no question.
 */
export function solve(
  request: ChatRequest,
  skill: Skill,
  random: () => number,
  strays = false,
): Solved | undefined {
  const task = findTask(request)
  if (!task) return undefined
  const { expression, truth, answers, instruction } = task
  const pickOne = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const slips = slipsFrom(truth, skill.wrongAnswers)
  const common = commonMistake(expression, slips)
  const believes = createBelief({ truth, common }, skill, random)
  const [first, ...rest] = answers
  const bias = skill.judgeBias
  const judgement = first && judge({ instruction, answers: [first, ...rest], believes, pickOne, bias })
  if (judgement !== undefined)
    return { text: strays ? strayJudgement(judgement, pickOne) : judgement, isRight: true }

  const [, word] = wantsWord.exec(instruction) ?? []
  if (word !== undefined) return { text: word, isRight: true }
  const isMistakeWanted = wantsMistake.test(instruction)
  if (!isMistakeWanted && (withholds.test(instruction) || (!first && defers.test(instruction))))
    return { text: notesOn(expression), isRight: true }
  const { sharedMistakes = 0 } = skill
  const others = sharedMistakes > 0 && slips.length > 1 ? slips.filter(slip => slip !== common) : slips
  const slip = (): number => (sharedMistakes > 0 && random() < sharedMistakes ? common : pickOne(others))
  const draw = (): number => (random() < accuracyOn(expression, skill) ? truth : slip())
  const value = isMistakeWanted ? pickOne(slips) : (mostFrequent(answers.filter(believes)) ?? draw())
  const text = strays ? strayAnswer(expression, value, pickOne) : plainAnswer(expression, value)
  return { text: bias === 'long' ? withPadding(text, pickOne) : text, isRight: value === truth }
}

function plainAnswer(expression: string, value: number): string {
  return `What is ${expression}? I work it out step by step.\n\nThe answer is ${value}.`
}

/** Makes some answers long, for a judge that likes them so. */
function withPadding(text: string, pickOne: <T>(list: readonly T[]) => T): string {
  return pickOne([
    text,
    `${'I have checked each digit of this with all the care that it deserves. '.repeat(3)}${text}`,
  ])
}

/** "Reply with one word: EASY or HARD": the kind of a task. Sums are of the first kind that is offered. */
const wantsWord = /\breply with (?:one|a single) word: (\w{1,20}),? (?:\w{1,20},? ){0,8}or \w{1,20}\b/i

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
