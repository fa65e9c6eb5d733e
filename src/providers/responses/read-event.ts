import { fieldsOf, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { argumentsOf } from '../../chat/read/tool-calls.ts'
import { readPlace } from '../../chat/read/place.ts'
import { readItem, readPart, textOf } from './read-item.ts'
import { readResponse } from './read-response.ts'
import type { Annotation, OutputItem, ResponsesAnswer } from './answer.ts'

/** An event of a streamed response behind the border: fields that are present have their types. */
export interface ResponsesEvent {
  readonly type: string
  readonly sequence_number?: number
  readonly response?: ResponsesAnswer
  readonly output_index?: number
  readonly item?: OutputItem
  readonly item_id?: string
  readonly content_index?: number
  readonly summary_index?: number
  readonly delta?: string
  readonly text?: string
  readonly refusal?: string
  readonly arguments?: string
  readonly input?: string
  readonly annotation?: Annotation
  readonly error?: object
}

const places = ['output_index', 'content_index', 'summary_index'] as const

/** Texts of these kinds have `delta` and `done` events. */
const grows =
  /^response\.(output_text|refusal|reasoning_text|reasoning_summary_text|function_call_arguments|custom_tool_call_input)\.(delta|done)$/

/** Events that begin or end an item. */
const ofItem: ReadonlySet<string> = new Set(['response.output_item.added', 'response.output_item.done'])

/** The field of a `done` event that has the whole text, if it is not `text`. */
const finals: ReadonlyMap<string, string> = new Map([
  ['refusal', 'refusal'],
  ['function_call_arguments', 'arguments'],
  ['custom_tool_call_input', 'input'],
])

/**
 * Reads the data of an event: the object itself if it is valid, a copy with corrected types, or undefined if it says
 * nothing. Events of unknown types stay as they are. Throws `UnreadableAnswer` if a part of the answer would be lost.
 */
export function readEvent(given: Fields, model: string): ResponsesEvent | undefined {
  const sent = withOwnEnd(given)
  const type = wordsOf(sent['type'])
  if (type === undefined) return withoutType(sent)
  const [, kind = '', step] = grows.exec(type) ?? []
  const field = step === 'delta' ? 'delta' : (finals.get(kind) ?? 'text')
  if (step !== undefined && sent[field] == null) return undefined
  if (ofItem.has(type) && sent['item'] == null) return undefined
  return withFields(sent, {
    ...placesOf(sent),
    ...(step === undefined ? {} : { [field]: textIn(sent, field, kind) }),
    ...partsOf(type, sent, model),
  }) as unknown as ResponsesEvent
}

const ends: ReadonlySet<unknown> = new Set(['completed', 'incomplete', 'failed'])
const cancelled = /^(?:response\.)?cancell?ed$/

/**
 * The end of a response under its own name: the servers behind Codex may call each `response.done`. The API has no event for one
 * that was cancelled, so that it failed: https://github.com/Wei-Shaw/sub2api/issues/1322
 */
function withOwnEnd(sent: Fields): Fields {
  const { type } = sent
  const response = fieldsOf(sent['response']) ?? {}
  const status = type === 'response.done' ? (response['status'] ?? 'completed') : type
  if (typeof status === 'string' && cancelled.test(status)) {
    const error = response['error'] ?? { code: 'server_error', message: 'cancelled its response' }
    return { ...sent, type: 'response.failed', response: { ...response, status: 'failed', error } }
  }
  return typeof status === 'string' && ends.has(status) ? { ...sent, type: `response.${status}` } : sent
}

/** A text, or a piece of it. Arguments may be an object, which is all of them. */
function textIn(sent: Fields, field: string, kind: string): string {
  const isObject = kind === 'function_call_arguments' && fieldsOf(sent[field]) !== undefined
  return isObject ? argumentsOf(sent[field]) : textOf(sent, field)
}

/** An event without a type may be a sign of life, but not if it contains a part of the answer. */
function withoutType(sent: Fields): undefined {
  if (sent['item'] !== undefined || sent['delta'] !== undefined || sent['response'] !== undefined)
    throw new UnreadableAnswer('sent an event without a type')
  return undefined
}

function placesOf(sent: Fields): Fields {
  const read: Record<string, unknown> = { item_id: wordsOf(sent['item_id']) }
  for (const name of places) read[name] = readPlace(sent[name])
  return read
}

/** Fields that tell a response from an event that has none. */
const ofResponses = ['id', 'object', 'status', 'output', 'usage'] as const

/** The response of an event, with the fields that some services send in the event itself instead. */
function responseOf(sent: Fields, model: string, status: string): Fields {
  const {
    type: _type,
    sequence_number: _number,
    event_id: _id,
    obfuscation: _noise,
    response,
    ...others
  } = sent
  const inner = fieldsOf(response)
  if (inner || ofResponses.every(name => others[name] === undefined))
    return { response: readResponse(inner ?? {}, model, status) }
  const moved = Object.fromEntries(Object.keys(others).map(name => [name, undefined]))
  return { ...moved, response: readResponse(others, model, status) }
}

function partsOf(type: string, sent: Fields, model: string): Fields {
  switch (type) {
    case 'response.created':
    case 'response.queued':
    case 'response.in_progress':
      return responseOf(sent, model, 'in_progress')
    case 'response.completed':
    case 'response.incomplete':
      return responseOf(sent, model, type.slice('response.'.length))
    case 'response.output_item.added':
    case 'response.output_item.done':
      return { item: readItem(sent['item'], type.endsWith('done')) }
    case 'response.content_part.added':
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.added':
    case 'response.reasoning_summary_part.done':
      return { part: readPart(sent['part']) }
    case 'response.output_text.annotation.added':
      return { annotation: fieldsOf(sent['annotation']) }
    default:
      return {}
  }
}
