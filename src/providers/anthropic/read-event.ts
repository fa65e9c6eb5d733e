import { fieldsOf, textOrNull, withFields, wordsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import { readPlace } from '../../chat/read/place.ts'
import type { Block } from './content-from-chat.ts'
import { readBlock, readUsage, textIn } from './read-block.ts'
import { readHead, readReason } from './read-message.ts'

/** An event of a streamed message behind the border: fields that are present have their types. */
export interface MessagesEvent {
  readonly type: string
  readonly message?: Fields
  readonly index?: number
  readonly content_block?: Block
  readonly delta?: Fields
  readonly usage?: Fields
  readonly error?: unknown
}

/** The field of each kind of delta that has a text. */
const texts: ReadonlyMap<unknown, string> = new Map([
  ['text_delta', 'text'],
  ['thinking_delta', 'thinking'],
  ['signature_delta', 'signature'],
  ['input_json_delta', 'partial_json'],
])

/**
 * Reads the data of an event: the object itself if it is valid, a copy with corrected types, or undefined if it says
 * nothing. Events of unknown types stay as they are. Throws `UnreadableAnswer` if a part of the answer would be lost.
 */
export function readEvent(sent: Fields, model: string): MessagesEvent | undefined {
  if (wordsOf(sent['type']) === undefined) return withoutType(sent)
  const event = withFields(sent, fieldsWithTypes(sent, model))
  const says = sent['type'] !== 'content_block_delta' || event['delta'] !== undefined
  return says ? (event as unknown as MessagesEvent) : undefined
}

/** An event without a type may be a sign of life, but not if it contains a part of the answer. */
function withoutType(sent: Fields): undefined {
  if (sent['content_block'] !== undefined || sent['delta'] !== undefined)
    throw new UnreadableAnswer('sent an event without a type')
  return undefined
}

function fieldsWithTypes(sent: Fields, model: string): Fields {
  switch (sent['type']) {
    case 'message_start': {
      const message = fieldsOf(sent['message']) ?? {}
      const start = { ...readHead(message, model), content: emptyIn(message), stop_reason: null }
      return { message: withFields(message, start) }
    }
    case 'content_block_start':
      return { index: readPlace(sent['index']), content_block: readBlock(sent['content_block']) }
    case 'content_block_delta':
      return { index: readPlace(sent['index']), delta: readDelta(sent['delta']) }
    case 'content_block_stop':
      return { index: readPlace(sent['index']) }
    case 'message_delta':
      return { delta: readEnd(fieldsOf(sent['delta']) ?? {}), usage: readUsage(sent['usage']) }
    default:
      return {}
  }
}

function emptyIn({ content }: Fields): unknown {
  return Array.isArray(content) && content.length === 0 ? content : []
}

function readDelta(value: unknown): Fields | undefined {
  if (value == null || value === '') return undefined
  const delta = fieldsOf(value)
  const type = wordsOf(delta?.['type'])
  if (!delta || type === undefined) throw new UnreadableAnswer('sent a piece of a block without a type')
  const field = texts.get(type)
  if (field !== undefined) return delta[field] == null ? undefined : check(delta, field)
  return delta
}

function check(delta: Fields, field: string): Fields {
  textIn(delta, field)
  return delta
}

function readEnd(delta: Fields): Fields {
  const sequence = delta['stop_sequence']
  return withFields(delta, {
    stop_reason: readReason(delta['stop_reason']) ?? null,
    stop_sequence: sequence === undefined ? undefined : textOrNull(sequence),
  })
}
