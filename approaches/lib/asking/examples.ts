import { codeBlocks, parseJson, readTag, textOf } from '../../../src/plugin.ts'
import type { Message } from '../../../src/plugin.ts'

/** A question with its correct answer. */
export interface Example {
  readonly question: string
  readonly answer: string
}

/** "Question 3:", "**Text:**", at the beginning of a line. */
const label =
  /(?<![^\n])[^\S\n]{0,8}["'*#>-]{0,4}[^\S\n]{0,2}(\p{L}[\p{L} ]{0,24}?)[^\S\n]?\d{0,3}["'*]{0,4}[^\S\n]?[:：]/gu
const quotedName = /"(?:question|input|prompt|problem|q)"\s{0,3}:/gi
/** A question and its answer in one line. A line does not begin behind other ends than \n, of which a text may be full. */
const mapped = /(?<![^\n])[^\n]{1,300}?(?:=>|->|[→⇒=])[^\S\n]?[^\s=]/g
const word =
  /(?<!\p{L})(?:examples?|e\.g\.|for instance|beispiele?n?|exemples?|ejemplos?|exemplos?|esempio?|пример(?:ы|ов)?)(?!\p{L})|例|예시/iu

/**
 * Whether a conversation may hold worked examples: two earlier answers of the model, a label, a mapping or a field that occurs
 * twice, an image, or a word for them. False saves the call that looks for them.
 */
export function mayHoldExamples(messages: readonly Message[]): boolean {
  if (messages.filter(({ role }) => role === 'assistant').length > 1) return true
  const given = messages.filter(({ role }) => role !== 'assistant')
  if (given.some(({ content }) => Array.isArray(content) && content.some(({ type }) => type !== 'text')))
    return true
  const text = given.map(textOf).join('\n')
  return (
    hasLabelTwice(text) || [quotedName, mapped].some(pattern => occursTwice(text, pattern)) || word.test(text)
  )
}

function hasLabelTwice(text: string): boolean {
  const names = new Set<string>()
  for (const [, name = ''] of text.matchAll(label)) {
    if (names.has(name.toLowerCase())) return true
    names.add(name.toLowerCase())
  }
  return false
}

function occursTwice(text: string, pattern: RegExp): boolean {
  const matches = text.matchAll(pattern)
  return matches.next().done !== true && matches.next().done !== true
}

/**
 * Reads the examples that a model wrote: a JSON array of questions and answers in `<examples>`, in a code block or bare. From
 * an invalid or truncated array, it takes the complete objects. Each question occurs once; the result may be empty.
 */
export function readExamples(text: string): Example[] {
  const tagged = readTag(text, 'examples') ?? text
  const source = codeBlocks(tagged).at(-1) ?? tagged
  const examples = objectsIn(source).flatMap(exampleOf)
  return [...new Map(examples.map(example => [example.question, example])).values()]
}

function objectsIn(source: string): unknown[] {
  const array = parse(source.slice(source.indexOf('['), source.lastIndexOf(']') + 1))
  if (Array.isArray(array)) return array as unknown[]
  return innerObjects(source)
    .filter(object => firstName.test(object))
    .map(parse)
}

/** The beginning of an object of JSON that has a field. A parser takes much longer to refuse the braces of a formula. */
const firstName = /^\{\s*"/

/** The number of braces that may open no object, and of characters read behind them in vain: the time stays linear. */
const maxFailures = 100
const maxInVain = 2_000_000

/** The objects in a text that contain no other object. One that is broken does not hide those after it. */
function innerObjects(text: string): string[] {
  const object = /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*/sy
  const objects: string[] = []
  let failures = 0
  let inVain = 0
  for (let at = text.indexOf('{'); at !== -1 && failures < maxFailures && inVain < maxInVain;) {
    object.lastIndex = at
    object.test(text)
    const end = object.lastIndex
    const isClosed = text[end] === '}'
    if (isClosed) objects.push(text.slice(at, end + 1))
    else {
      failures++
      // A string without its end was read to that of the text.
      inVain += (text[end] === '"' ? text.length : end) - at
    }
    at = text.indexOf('{', isClosed ? end + 1 : at + 1)
  }
  return objects
}

function parse(json: string): unknown {
  try {
    return parseJson(json)
  } catch {
    return undefined
  }
}

function exampleOf(value: unknown): Example[] {
  if (typeof value !== 'object' || value === null) return []
  const fields = new Map(Object.entries(value).map(([key, text]) => [key.toLowerCase(), text as unknown]))
  const [question, answer] = [
    textIn(fields, 'question', 'input', 'q'),
    textIn(fields, 'answer', 'output', 'a'),
  ]
  return question && answer ? [{ question, answer }] : []
}

function textIn(fields: ReadonlyMap<string, unknown>, ...names: readonly string[]): string | undefined {
  const value = names.map(name => fields.get(name)).find(field => field !== undefined)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : undefined
}
