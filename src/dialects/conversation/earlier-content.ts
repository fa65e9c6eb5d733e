import { fieldsOf, readList, withFields } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'

/**
 * The content of an earlier turn or of a tool's result, which is never refused: a text, or a list of parts that have a type.
 * Anything else that a client has written there is told as text, an object as its JSON. The value itself if it is sound.
 */
export function earlierContent(value: unknown): unknown {
  if (value == null || typeof value === 'string') return value
  if (Array.isArray(value)) return readList(value, partOf)
  return typeof fieldsOf(value)?.['type'] === 'string' ? [partOf(value)] : textOf(value)
}

/** The same for a message of the model or with a tool's result, in which `nothing` replaces null and absence. */
export function withEarlierContent(message: unknown, nothing?: unknown): unknown {
  const fields = fieldsOf(message)
  if (!fields || !told.has(fields['role'])) return message
  const sent = fields['content']
  const content = sent == null ? (nothing ?? sent) : earlierContent(sent)
  return content === sent ? message : { ...fields, content }
}

/** The same for all messages of a chat. */
export function withEarlierContents(body: Fields): Fields {
  const { messages } = body
  return Array.isArray(messages)
    ? withFields(body, { messages: readList(messages, message => withEarlierContent(message) ?? null) })
    : body
}

/** The roles of messages that no user has written. */
const told: ReadonlySet<unknown> = new Set(['assistant', 'tool', 'function'])

/** A text as it is, and any other value as its JSON; nothing is an empty text. */
export function textOf(value: unknown): string {
  if (value == null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function partOf(part: unknown): unknown {
  const fields = fieldsOf(part)
  if (part == null) return undefined
  if (typeof fields?.['type'] !== 'string')
    return { type: 'text', text: typeof fields?.['text'] === 'string' ? fields['text'] : textOf(part) }
  const { text } = fields
  return text === undefined || typeof text === 'string' ? part : { ...fields, text: textOf(text) }
}
