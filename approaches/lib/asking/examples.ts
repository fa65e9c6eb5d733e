import { codeBlocks, parseJson, readTag, textOf } from '../../../src/plugin.ts'
import type { Message } from '../../../src/plugin.ts'

/** A question with its correct answer. */
export interface Example {
  readonly question: string
  readonly answer: string
}

/** "Question 3:", "**Text:**", at the beginning of a line. */
const label =
  /^[^\S\n]{0,8}["'*#>-]{0,4}[^\S\n]{0,2}(\p{L}[\p{L} ]{0,24}?)[^\S\n]?\d{0,3}["'*]{0,4}[^\S\n]?[:：]/gmu
const quotedName = /"(?:question|input|prompt|problem|q)"\s{0,3}:/gi
/** A question and its answer in one line. */
const mapped = /^[^\n]{1,300}?(?:=>|->|[→⇒=])[^\S\n]?[^\s=]/gm
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
  const labels = [...text.matchAll(label)].map(([, name]) => name!.toLowerCase())
  const isRepeated = new Set(labels).size < labels.length
  const isListed = [quotedName, mapped].some(pattern => (text.match(pattern)?.length ?? 0) > 1)
  return isRepeated || isListed || word.test(text)
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

/** The number of braces that may open no object, so that the time for hostile text stays linear. */
const maxFailures = 100

/** The objects in a text that contain no other object. One that is broken does not hide those after it. */
function innerObjects(text: string): string[] {
  const object = /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/sy
  const objects: string[] = []
  let failures = 0
  for (let at = text.indexOf('{'); at !== -1 && failures < maxFailures;) {
    object.lastIndex = at
    const found = object.exec(text)
    if (found) objects.push(found[0])
    else failures++
    at = text.indexOf('{', found ? object.lastIndex : at + 1)
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
