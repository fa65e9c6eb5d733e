import { newCallId } from './call-id.ts'
import { fieldsOf, readList, smallNumber, withFields, wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'
import { UnreadableAnswer } from './unreadable.ts'
import { parseJson } from '../../text/json/parse.ts'
import { isEmptyObject } from '../object-text.ts'

/** Number of tool calls that one choice may make. */
export const maxCalls = 256

/**
 * The tool calls of a streamed delta, in pieces: an id, a type or a name that is null or empty is absent. Undefined
 * without calls. Throws `UnreadableAnswer` for a piece whose call cannot be told.
 */
export function readCallPieces(value: unknown): readonly unknown[] | undefined {
  return readCalls(value, call => {
    const called = fieldsOf(call['function'])
    return withFields(call, {
      ...namesOf(call),
      index: indexOf(call['index']),
      function: called && withFields(called, { name: nameOf(called), arguments: piece(called['arguments']) }),
    })
  })
}

/**
 * The tool calls of a whole message, each with a name and the text of its arguments; undefined without calls. Throws
 * `UnreadableAnswer` for a call that nobody could make.
 */
export function readToolCalls(value: unknown): readonly unknown[] | undefined {
  return readCalls(value, call => {
    const { id = newCallId(), ...named } = namesOf(call)
    const names = { ...named, id, index: undefined }
    const called = fieldsOf(call['function'])
    // Calls of other kinds, such as custom tools, have a field of their own in place of the function.
    if (!called && names.type !== undefined && names.type !== 'function') return withFields(call, names)
    const name = called && nameOf(called)
    if (name === undefined) throw new UnreadableAnswer('sent a tool call without a name')
    const args = argumentsOf(called?.['arguments'])
    return withFields(call, {
      ...names,
      type: 'function',
      function: withFields(called!, { name, arguments: args }),
    })
  })
}

/**
 * The call of chat's first years, `function_call`, in a delta. Null, an empty one and absence are the same. Throws as the
 * others do.
 */
export function readLegacyPiece(value: unknown): Fields | null | undefined {
  const sent = fieldsOf(value)
  const call = sent && withNamedArguments(sent)
  if (!call) return value === null ? null : undefined
  const [name, args] = [nameOf(call), piece(call['arguments'])]
  if (name === undefined && (args ?? '') === '') return undefined
  return withFields(call, { name, arguments: args })
}

/** The same in a whole message, where it has a name and the text of its arguments. */
export function readLegacyCall(value: unknown): Fields | null | undefined {
  const call = readLegacyPiece(value)
  if (!call) return call
  if (call['name'] === undefined) throw new UnreadableAnswer('sent a function call without a name')
  return withFields(call, { arguments: argumentsOf(call['arguments']) })
}

/**
 * The arguments of a whole call as the text of a JSON object: null, an empty text, the text "null" and an empty list, which PHP
 * cannot tell from an empty object, are `{}`, and an object whose text some models write as a text once more is that object.
 */
export function argumentsOf(value: unknown): string {
  const text = piece(value) ?? ''
  if (/^\s*(?:null\s*|\[\s*\]\s*)?$/.test(text)) return '{}'
  return /^\s*"/.test(text) ? unwrapped(text) : text
}

/** Whether the start of arguments says nothing yet: null means none, and a text may contain an object, which shows at its end. */
export function isBlankStart(args: string): boolean {
  const said = args.trim()
  return said.startsWith('"') || 'null'.startsWith(said)
}

/** The text inside the JSON of a text, if that is an object. */
function unwrapped(text: string): string {
  try {
    const inner: unknown = parseJson(text)
    if (typeof inner === 'string' && fieldsOf(parseJson(inner))) return inner
  } catch {
    // Neither is JSON, so the text stays as it is.
  }
  return text
}

function readCalls(value: unknown, read: (call: Fields) => Fields): readonly unknown[] | undefined {
  if (value == null || value === '') return undefined
  if (!Array.isArray(value)) throw new UnreadableAnswer('sent tool calls that are no list')
  const calls = readList(value, item => {
    if (item == null || item === '') return undefined
    const call = fieldsOf(item)
    if (!call) throw new UnreadableAnswer('sent a tool call that is no object')
    return read(withFunction(call))
  })
  return calls.length > 0 ? calls : undefined
}

/** A call with the fields that some services put beside its function in that; the same object if nothing is to be moved. */
function withFunction(call: Fields): Fields {
  const { function: sent, type } = call
  const isFunction = (type ?? '') === '' || type === 'function'
  const called = fieldsOf(sent) ?? (sent == null && isFunction ? {} : undefined)
  if (!called) return call
  const named = withNamedArguments(called)
  const { name, arguments: args } = withNamedArguments(call)
  const more = {
    ...(isBetter(name, named['name']) ? { name } : {}),
    ...(isBetter(args, named['arguments']) ? { arguments: args } : {}),
  }
  if (Object.keys(more).length === 0) return sent == null ? call : withFields(call, { function: named })
  const others = { name: undefined, arguments: undefined, parameters: undefined }
  return withFields(call, { ...others, function: { ...named, ...more } })
}

/** A function with its arguments under their usual name, also if they come under that of their declaration. */
export function withNamedArguments(called: Fields): Fields {
  const { arguments: args, parameters } = called
  return isBetter(parameters, args)
    ? withFields(called, { arguments: parameters, parameters: undefined })
    : called
}

/** Whether to read a field from the unusual place, because the usual one is empty or has only a placeholder. */
function isBetter(unusual: unknown, usual: unknown): boolean {
  return isPresent(unusual) && (!isPresent(usual) || (isSaid(unusual) && !isSaid(usual)))
}

function isPresent(value: unknown): boolean {
  return value != null && value !== ''
}

/** Whether a field says something: an object without fields may be a placeholder, also as a text. */
export function isSaid(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !isEmptyObject(value)
  const fields = fieldsOf(value)
  return fields ? Object.keys(fields).length > 0 : value != null
}

function namesOf(call: Fields): { readonly id: string | undefined; readonly type: string | undefined } {
  const { id, type } = call
  return { id: typeof id === 'number' ? String(id) : wordsOf(id), type: wordsOf(type) }
}

/** The index addresses a list, so that it is small. LiteLLM writes -1 where it knows none. */
function indexOf(value: unknown): number | undefined {
  if (value == null || value === '' || value === -1) return undefined
  const index = smallNumber(value, maxCalls)
  if (index !== undefined) return index
  throw new UnreadableAnswer(`sent a tool call with an index that is no number below ${maxCalls}`)
}

function nameOf({ name }: Fields): string | undefined {
  if (name != null && typeof name !== 'string')
    throw new UnreadableAnswer('sent a tool call whose name is no text')
  return wordsOf(name)
}

/** A piece of the arguments. An object is all of them. */
function piece(value: unknown): string | undefined {
  if (value == null) return undefined
  if (typeof value === 'string') return value
  if (fieldsOf(value)) return JSON.stringify(value)
  if (Array.isArray(value) && value.length === 0) return '{}'
  throw new UnreadableAnswer('sent a tool call whose arguments are no object')
}
