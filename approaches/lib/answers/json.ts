const answerNames = /^(?:final_?)?(?:answer|result|solution|choice)$/i
/** Fields that come with an answer and differ from sample to sample. */
const asideNames =
  /^(?:reason(?:ing|s)?|rationale|explanations?|thoughts?|thinking|analysis|steps|working|justification|confidence)$/i

/** The answer in a JSON object that has one under a typical name, as text. Undefined for any other text. */
export function readJsonAnswer(text: string): string | undefined {
  const object = objectIn(text)
  const name = object && Object.keys(object).findLast(key => answerNames.test(key))
  if (object === undefined || name === undefined) return undefined
  const value = object[name]
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** A key of a JSON object that ignores the order of its fields and any reasoning in it. Undefined for any other text. */
export function jsonKey(text: string): string | undefined {
  const object = objectIn(text)
  return object && JSON.stringify(normalise(object))
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  try {
    return JSON.parse(text, keepExact) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

/** A reviver that keeps numbers as they are spelled: as doubles, different long numbers would be equal. */
function keepExact(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value
}

function normalise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalise)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => !asideNames.test(name))
  entries.sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, normalise(inner)]))
}
