import { codeBlocks } from '../answers/code-blocks.ts'
import { readTag } from '../../../src/plugin.ts'

/** A question with its correct answer. */
export interface Example {
  readonly question: string
  readonly answer: string
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
  return innerObjects(source).map(parse)
}

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
    return JSON.parse(json)
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
