const answerNames = /^(?:final_?)?(?:answer|result|solution|choice)$/i
/** What comes with an answer and differs from sample to sample. */
const asideNames =
  /^(?:reason(?:ing|s)?|rationale|explanations?|thoughts?|thinking|analysis|steps|working|justification|confidence)$/i

/** The answer in a JSON object that holds one under a telling name, as text. Undefined for all other texts. */
export function readJsonAnswer(text: string): string | undefined {
  const object = objectIn(text)
  const name = object && Object.keys(object).findLast(key => answerNames.test(key))
  if (object === undefined || name === undefined) return undefined
  const value = object[name]
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** One spelling of a JSON object, whatever the order of its names and without the reasoning in it. Undefined for all other texts. */
export function jsonKey(text: string): string | undefined {
  const object = objectIn(text)
  return object && JSON.stringify(ordered(object))
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  try {
    return JSON.parse(text, exact) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

/** Numbers as they are spelled: a double would make different long ones equal. */
function exact(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name]) => !asideNames.test(name))
  entries.sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, ordered(inner)]))
}
