import { fieldsOf } from '../../../chat/read/fields.ts'
import { argumentsOf } from '../../../chat/read/tool-calls.ts'
import { isObjectText } from '../../../text/json/parse.ts'
import type { Offered, TextCall } from './text-call.ts'
import type { Reader } from './reader.ts'

/** Maximum number of calls in one answer, as at the border of answers. */
export const maxCalls = 256

/** How a form writes several objects. */
interface ObjectForm {
  /** The mark behind the last object; none if it is absent. */
  readonly end?: string
  /** A mark that may separate two objects outside of a list. */
  readonly separator?: string
}

/**
 * Calls as objects, in a list or one behind the other. Undefined unless all are whole and call functions that are offered,
 * and for more than `maxCalls`.
 */
export function objectCalls(
  reader: Reader,
  offered: Offered,
  { end, separator }: ObjectForm = {},
): readonly TextCall[] | undefined {
  const calls: TextCall[] = []
  const isList = reader.skipSpace().takes('[')
  const continues = (): boolean =>
    isList
      ? reader.skipSpace().takes(',')
      : (separator !== undefined && reader.skipSpace().takes(separator)) ||
        reader.text.startsWith('{', reader.skipSpace().at)
  do {
    const call = objectCall(reader, offered)
    if (!call || calls.push(call) > maxCalls) return undefined
  } while (continues())
  if (isList && !reader.closes(']')) return undefined
  return end === undefined || reader.skipSpace().closes(end) ? calls : undefined
}

/** A call as an object with a name and arguments. */
function objectCall(reader: Reader, offered: Offered): TextCall | undefined {
  const object = reader.object()
  if (!object) return undefined
  const { name, arguments: args, parameters } = object.fields
  if (typeof name !== 'string' || !offered.has(name)) return undefined
  const value = args ?? parameters
  // Their own text keeps numbers that JavaScript cannot represent.
  const written = fieldsOf(value)
    ? memberText(object.text, args == null ? 'parameters' : 'arguments')
    : argumentsIn(value)
  return written === undefined ? undefined : { name, arguments: written }
}

function argumentsIn(value: unknown): string | undefined {
  if (value != null && typeof value !== 'string') return undefined
  const text = argumentsOf(value)
  return isObjectText(text) ? text : undefined
}

/** The text of an object's member that is an object, in the text of the outer one, which is sound JSON; the last one of that name. */
function memberText(text: string, name: string): string | undefined {
  let found: string | undefined
  let key: unknown
  let from = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') {
      const end = endOfString(text, at)
      if (depth === 1 && /^\s*:/.test(text.slice(end + 1, end + 40)))
        key = JSON.parse(text.slice(at, end + 1))
      at = end
    } else if (character === '{' || character === '[') {
      if (++depth === 2) from = at
    } else if ((character === '}' || character === ']') && --depth === 1 && key === name) {
      found = text.slice(from, at + 1)
    }
  }
  return found
}

/** The place of the quote that ends the string which begins at a place. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
