import { keepExact } from '../text/json/keep-exact.ts'
import { parseJson } from '../text/json/parse.ts'

const answerNames = /^(?:final_?)?(?:answer|result|solution|choice)$/i
/** Fields that come with the others and differ from sample to sample. */
const asideNames =
  /^(?:reasoning|rationale|explanation|thoughts?|thinking|justification|chain_of_thought|scratchpad)$/i
/** Fields that come with an answer; without one, they may be what was asked for. */
const workNames = /^(?:reasons?|explanations|analysis|steps|working|work|confidence)$/i
/** A longer text behind the last line that begins with a brace is not searched for JSON. */
const longestObject = 20_000

type Fields = Readonly<Record<string, unknown>>

/**
 * The answer in a JSON object that has one under a typical name and nothing else but reasoning, as text. The object itself
 * if it has other fields. Undefined for any other text, and for objects without such a name.
 */
export function readJsonAnswer(text: string): string | undefined {
  const object = objectIn(text)
  const name = object && Object.keys(object).findLast(key => answerNames.test(key))
  if (object === undefined || name === undefined) return undefined
  const others = Object.keys(object).filter(key => key !== name && !isAside(key, true))
  if (others.length > 0) return text
  const value = object[name]
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A JSON object that ends a text, behind words that introduce it. */
export function readLastObject(text: string): string | undefined {
  if (!text.endsWith('}')) return undefined
  const tail = text.slice(-longestObject)
  const at = /^[^{\n]{0,400}(?:\n[^{\n]{0,400}){0,40}\n(?=\{)/.exec(tail)?.[0].length
  const json = at === undefined ? undefined : tail.slice(at)
  return json !== undefined && objectIn(json) ? json : undefined
}

/** A key of a JSON object that ignores the order of its fields and any reasoning in it. Undefined for any other text. */
export function jsonKey(text: string): string | undefined {
  const fields = jsonFields(text)
  return fields && JSON.stringify(fields)
}

/** Whether a text is a JSON array. */
export function isJsonArray(text: string): boolean {
  if (!text.startsWith('[') || !text.endsWith(']')) return false
  try {
    return Array.isArray(parseJson(text))
  } catch {
    return false
  }
}

/** The fields of a JSON object, without reasoning. Undefined for any other text. */
export function jsonFields(text: string): Fields | undefined {
  const object = objectIn(text)
  try {
    return object && (normalize(object) as Fields)
  } catch {
    // Nested more deeply than the stack.
    return undefined
  }
}

function objectIn(text: string): Fields | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  try {
    return parseJson(text, keepExact) as Fields
  } catch {
    return undefined
  }
}

function isAside(name: string, hasAnswer: boolean): boolean {
  return asideNames.test(name) || (hasAnswer && workNames.test(name))
}

function normalize(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalize)
  if (typeof value !== 'object' || value === null) return value
  const all = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  const hasAnswer = all.some(([name]) => answerNames.test(name))
  const kept = all.filter(([name]) => !isAside(name, hasAnswer))
  // An object of reasoning alone was asked for it.
  return Object.fromEntries((kept.length > 0 ? kept : all).map(([name, inner]) => [name, normalize(inner)]))
}
