import type { Delta, Message } from '../../contract/index.ts'
import { imagesOf } from '../images/images.ts'
import { readContent, readWholeContent, withMarkedThoughts } from './content.ts'
import { fieldsOf, fieldsOrNull, objectsOrNull, textOrNull, withFields, wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'
import { readCallPieces, readLegacyCall, readLegacyPiece, readToolCalls } from './tool-calls.ts'
import { UnreadableAnswer } from './unreadable.ts'

/** Fields with an answer, as opposed to thoughts and remarks. */
const answerFields = ['content', 'refusal', 'tool_calls', 'function_call', 'images', 'audio'] as const

const thoughtFields = [
  'reasoning_content',
  'reasoning',
  'thinking_blocks',
  'reasoning_details',
  'reasoning_items',
] as const

/**
 * The delta of a streamed choice; null, an empty text and absence are an empty one. The first of a choice has a role. Throws
 * `UnreadableAnswer`.
 */
export function readDelta(value: unknown, isFirst: boolean): Delta {
  if (value == null || value === '') return isFirst ? { role: 'assistant' } : {}
  const delta = fieldsOf(value)
  if (!delta) throw new UnreadableAnswer('sent a delta that is no object')
  const { content, thinking } = readContent(delta['content'])
  const role = wordsOf(delta['role'])
  const fields = fieldsWithTypes(delta, thinking)
  // Content that streams is a text.
  const images = Array.isArray(delta['content']) ? imagesOf(delta) : []
  return withFields(delta, {
    role: role || isFirst ? 'assistant' : undefined,
    ...fields,
    images: images.length > 0 ? images : fields['images'],
    content,
    tool_calls: readCallPieces(delta['tool_calls']),
    function_call: readLegacyPiece(delta['function_call']),
  })
}

/** The message of a whole choice. Throws `UnreadableAnswer`. */
export function readMessage(value: unknown): Message {
  const fields = fieldsOf(value)
  if (!fields) throw new UnreadableAnswer('sent a choice without a message')
  const message = withMarkedThoughts(fields)
  const { content = null, thinking } = readWholeContent(message['content'])
  const read = withFields(message, {
    role: 'assistant',
    ...fieldsWithTypes(message, thinking),
    content,
    tool_calls: readToolCalls(message['tool_calls']),
    function_call: readLegacyCall(message['function_call']),
  })
  return read as Message
}

/** Whether a message or a delta says something: any field beside the role that is neither null nor empty. */
export function saysSomething(message: Message | Delta): boolean {
  for (const field in message) if (field !== 'role' && isFilled(message[field])) return true
  return false
}

/** Whether a message or a delta has some of the answer. */
export function isAnswer(message: Message | Delta): boolean {
  return answerFields.some(field => isFilled(message[field]))
}

/** Whether a message or a delta has thoughts. */
export function hasThoughts(message: Message | Delta): boolean {
  return thoughtFields.some(field => isFilled(message[field]))
}

/** A delta without its thoughts. */
export function withoutThoughts(delta: Delta): Delta {
  return withFields(delta, Object.fromEntries(thoughtFields.map(field => [field, undefined])))
}

function isFilled(value: unknown): boolean {
  return value != null && value !== '' && !(Array.isArray(value) && value.length === 0)
}

/** The fields that we read, each with its own type or not at all. Others belong to the client alone. */
function fieldsWithTypes(sent: Fields, thinking: string | undefined): Fields {
  return {
    refusal: textOrNull(sent['refusal']),
    reasoning_content:
      wordsOf(sent['reasoning_content']) ?? thinking ?? textOrNull(sent['reasoning_content']),
    reasoning: textOrNull(sent['reasoning']),
    thinking_blocks: objectsOrNull(sent['thinking_blocks'], readThinking),
    annotations: objectsOrNull(sent['annotations']),
    images: objectsOrNull(sent['images']),
    reasoning_details: objectsOrNull(sent['reasoning_details']),
    reasoning_items: objectsOrNull(sent['reasoning_items']),
    audio: fieldsOrNull(sent['audio']),
  }
}

function readThinking(block: Fields): Fields {
  const texts = ['type', 'thinking', 'signature', 'data'].map(name => [
    name,
    typeof block[name] === 'string' ? block[name] : undefined,
  ])
  return withFields(block, Object.fromEntries(texts) as Fields)
}
