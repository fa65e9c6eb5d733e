import { jsonOrUndefined } from './json/parse.ts'

/** The schema of a function that takes the input of a custom tool, for models that call nothing but functions. */
export const oneText = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as text.' } },
  required: ['input'],
  additionalProperties: false,
}

/** The arguments of a call of such a function. */
export function argumentsFor(input: string): string {
  return JSON.stringify({ input })
}

/**
 * The one text in the arguments of such a call. A model that does not keep to the form may have said it without its JSON,
 * or under a name that it has learned, such as `patch`.
 */
export function inputOf(args: string): string {
  const { input, ...others } = objectIn(args) ?? { other: args }
  if (typeof input === 'string') return input
  const [only = '', more] = Object.values(others)
  return typeof only === 'string' && more === undefined ? only : args
}

/** The description of such a function: that of the tool, and the grammar of its input. Either may be missing. */
export function describe(description: unknown, grammar: unknown): string {
  const { syntax, definition } = (grammar ?? {}) as Readonly<Record<string, unknown>>
  const rule =
    typeof definition === 'string'
      ? `The input must match this grammar (${typeof syntax === 'string' ? syntax : 'of some kind'}):\n${definition}`
      : ''
  return [typeof description === 'string' ? description : '', rule].filter(text => text !== '').join('\n\n')
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  // A call may be in progress, or not JSON.
  const value = jsonOrUndefined(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}
