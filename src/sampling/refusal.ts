import { courtesies } from './courtesies/index.ts'
import { answersToo, beginnings } from './refusal-words.ts'
import { withoutThinking } from './thinking.ts'
import { jsonOrUndefined } from '../text/json/parse.ts'

/** Maximum length of a text that only refuses, in characters. */
const maxRefusal = 400

/** The number of characters within which the words of refusing must end. */
const maxBeginning = 200

/** How far `answersToo` looks behind what it finds, in characters. */
const lookahead = 24

const refusal = new RegExp(`^(?:${beginnings.map(({ pattern }) => pattern).join('|')})`, 'iu')

const firstWords: readonly string[] = beginnings.flatMap(({ first }) => first.split('|'))

/**
 * Between the clauses of a text: each of them could begin an answer. A comma ends a clause and belongs to it, except behind
 * words that need the clause after it.
 */
const boundaries =
  /(?<=[.!?]["”’')]?)\s+|(?<=[。！？])\s*|(?<=(?<!por favor|ich verstehe|ich hoffe|пожалуйста),|[，、])\s*|\s*(?:[:;—–；：]|\n|\s-\s)\s*/iu

/** Marks before an answer. Quotation marks do not count: they may enclose a translation. */
const openings = [
  '<|begin_of_solution|>',
  '<|start_response|>',
  '<answer>',
  '<final_answer>',
  '<output>',
  '<response>',
  String.raw`$\boxed{`,
  String.raw`\boxed{`,
  String.raw`\text{`,
  '**',
]
const mostOpenings = 4
/** Their ends, of which the last one may still arrive. Nothing in them may be read in two ways: a model writes the text. */
const closings = /(?:[\s}$*]|<(?:[|/]?(?:[a-z_]{1,20}\|?>?)?)){1,20}$/i

/** The length up to which an object of JSON may do nothing but refuse, in characters. */
const maxObject = 2000
const object = /^(?:```(?:json)?\s{0,9})?(\{[^]*\})(?:\s{0,9}```)?$/i
/** Names of fields that hold the answer. What others hold, such as a translation, may be the words of somebody else. */
const answerFields: ReadonlySet<string> = new Set(['answer', 'final_answer', 'response', 'result', 'output'])

/**
 * Whether a text refuses and does nothing else, in one of the languages that models are asked in most. What follows must
 * be known to be an offer, a regret or the like: a refusal that is missed costs less than an answer that is thrown away.
 */
export function isRefusal(text: string): boolean {
  if (text.length > 100_000) return false
  const spoken = withoutThinking(text)
  return onlyRefuses(withoutMarks(spoken), true) === true || refusesInFields(spoken)
}

/**
 * Whether a text without thinking that begins with `beginning` may still turn out to do nothing but refuse. Never for the
 * beginning of JSON, which would have to be held up to its end: `isRefusal` reads fields in whole texts only.
 */
export function mayRefuse(beginning: string): boolean {
  const marked = beginning.trimStart()
  // Before the blanks at the end are dropped: endless ones must not hold a text for ever.
  if (marked.length > maxRefusal) return false
  const spoken = withoutMarks(marked)
  if (beginsLike(spoken, openings, true)) return true
  const refuses = onlyRefuses(spoken.trimEnd(), false)
  if (refuses !== undefined) return refuses
  return spoken.length < maxBeginning && beginsLike(spoken, firstWords, true)
}

/** A text without the marks around it, unless it is too long to do nothing but refuse. */
function withoutMarks(text: string): string {
  if (text.length > maxRefusal) return text
  let rest = text
  for (let depth = 0; depth < mostOpenings; depth++) {
    const opening = openings.find(mark => rest.slice(0, mark.length).toLowerCase() === mark)
    if (opening === undefined) break
    rest = rest.slice(opening.length).trimStart()
  }
  return rest === text ? text : rest.replace(closings, '')
}

/** Whether an object of JSON has nothing but a refusal in the field of the answer: any other value may be one. */
function refusesInFields(spoken: string): boolean {
  const [, json] = spoken.length > maxObject ? [] : (object.exec(spoken.trim()) ?? [])
  const value = json === undefined ? undefined : jsonOrUndefined(json)
  if (typeof value !== 'object' || value === null) return false
  const [field, ...others] = Object.entries(value).filter(([, inner]: [string, unknown]) => !isEmpty(inner))
  if (field === undefined || others.length > 0) return false
  const [name, text]: [string, unknown] = field
  return answerFields.has(name.toLowerCase()) && typeof text === 'string' && onlyRefuses(text, true) === true
}

/** Whether a field of JSON has no value; `false` and 0 are values, as of a classifier or a grade. */
function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** Whether a text only refuses or, while it is not whole, may still turn out to. Undefined without words of refusing. */
function onlyRefuses(spoken: string, isWhole: boolean): boolean | undefined {
  if (spoken.length > maxRefusal) return false
  const [words] = refusal.exec(spoken) ?? []
  if (words === undefined) return undefined
  const [rest = '', ...clauses] = spoken.slice(words.length).split(boundaries)
  const isOpen = (index: number): boolean => !isWhole && index === clauses.length
  return (
    !answers(rest, isOpen(0)) &&
    clauses.every((clause, index) => {
      const open = isOpen(index + 1)
      return beginsLike(clause.trim(), courtesies, open) && !answers(clause, open)
    })
  )
}

/** Whether a clause answers. An open clause, which may continue, must do so whatever follows. */
function answers(clause: string, isOpen: boolean): boolean {
  const found = answersToo.exec(clause)
  return found !== null && (!isOpen || found.index + found[0].length + lookahead <= clause.length)
}

/** Whether a text begins with one of several beginnings; an open one, which may continue, may have only a part of it. */
function beginsLike(text: string, all: readonly string[], isOpen: boolean): boolean {
  const lower = text.toLowerCase().replaceAll('’', "'")
  return lower === '' || all.some(begin => lower.startsWith(begin) || (isOpen && begin.startsWith(lower)))
}
