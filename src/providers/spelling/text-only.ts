import { fileIn } from '../../chat/notes/files.ts'
import { filePart } from '../../chat/notes/foreign-files.ts'
import { noteFor } from '../../chat/notes/unreadable.ts'
import { toldJson } from '../../chat/notes/told-json.ts'
import { fieldsOf } from '../../chat/read/fields.ts'
import type { ContentPart, Message } from '../../contract/index.ts'
import { untranslatable } from '../translation.ts'
import { joinContents, textOf } from './contents.ts'

/**
 * Replaces the images and files of a conversation by a note, for a service that reads only text. Those of the user's
 * current turn are sent, and the service refuses them; those in a tool's result are not, because the user did not
 * choose them.
 */
export function withTextAlone(messages: readonly Message[]): readonly Message[] {
  const isOther = ({ type }: ContentPart) => type !== 'text'
  if (!messages.some(message => has(message, isOther))) return messages
  const last = messages.length - 1
  const isAsked = messages[last]?.role === 'user' && messages[last - 1]?.role !== 'tool'
  return messages.map((message, index) => (isAsked && index === last ? message : without(message, isOther)))
}

/**
 * Replaces what a service cannot read by a note, except in what the user says now: the history has to stay as it is, so
 * that a refusal would end the conversation. Returns the same list if nothing has to change.
 */
export function withReadableHistory(
  messages: readonly Message[],
  isUnreadable: (part: ContentPart) => boolean,
): readonly Message[] {
  const now = beginOfNow(messages)
  const isAffected = (message: Message, index: number) => index < now && has(message, isUnreadable)
  if (!messages.some(isAffected)) return messages
  return messages.map((message, index) => (index < now ? without(message, isUnreadable) : message))
}

/** The place of the first message that the user says now. */
export function beginOfNow(messages: readonly Message[]): number {
  return messages.findLastIndex(({ role }) => role === 'assistant' || role === 'tool') + 1
}

function has({ content }: Message, isOther: (part: ContentPart) => boolean): boolean {
  return Array.isArray(content) && content.some(isOther)
}

function without(message: Message, isOther: (part: ContentPart) => boolean): Message {
  if (!has(message, isOther)) return message
  const content = message.content as readonly ContentPart[]
  return { ...message, content: joinContents(content.map(part => (isOther(part) ? noteFor(part) : part))) }
}

/**
 * The conversation with the documents of Messages, which a chat client may send, as files and texts. `isGateway`: whether the
 * service may know them, so that those stay that only Messages has: those that ask for citations, and those by id.
 */
export function withDocumentsAsFiles(messages: readonly Message[], isGateway: boolean): readonly Message[] {
  const isOther = (part: ContentPart) =>
    isDocument(part) && !(isGateway && (part['citations'] != null || isStoredDocument(part)))
  if (!messages.some(message => has(message, isOther))) return messages
  const readable = isGateway ? messages : withReadableHistory(messages, isStoredDocument)
  return readable.map((message, index) => {
    const { role, content } = message
    if (!Array.isArray(content)) return message
    const read = (part: ContentPart, place: number) =>
      isOther(part) ? documentPart(part, role, `messages.${index}.content.${place}`) : part
    return { ...message, content: content.map(read) }
  })
}

/** The conversation with documents named by their addresses, for a service that fetches none. */
export function withNamedDocuments(messages: readonly Message[]): readonly Message[] {
  const isAddressed = ({ type }: ContentPart) => type === 'document_url'
  if (!messages.some(message => has(message, isAddressed))) return messages
  return messages.map(message => {
    if (!has(message, isAddressed)) return message
    const parts = message.content as readonly ContentPart[]
    return { ...message, content: parts.map(part => (isAddressed(part) ? fileOf(part) : part)) }
  })
}

function isDocument({ type, source }: ContentPart): boolean {
  return type === 'document' && fieldsOf(source) !== undefined
}

/** Whether it is a document that Anthropic keeps, which no chat service can read. */
function isStoredDocument(part: ContentPart): boolean {
  return isDocument(part) && fieldsOf(part['source'])?.['type'] === 'file'
}

/** Its words, or a file; only the user has files in a chat, so that a result tells of it. */
function documentPart(part: ContentPart, role: string, at: string): ContentPart {
  if (isStoredDocument(part))
    throw untranslatable(`${at}.source`, 'is a file that Anthropic keeps, which a chat service cannot read')
  const read = textIn(part) ?? (role === 'user' ? fileOf(part) : textPart(toldJson(part)))
  const mark = part['cache_control']
  return mark == null ? read : { ...read, cache_control: mark }
}

function textIn({ source }: ContentPart): ContentPart | undefined {
  const { type, data, content } = fieldsOf(source) ?? {}
  if (type === 'text') return textPart(textOf(data))
  if (type !== 'content') return undefined
  const blocks: readonly unknown[] = Array.isArray(content) ? content : []
  const texts = blocks.map(block => textOf(fieldsOf(block)?.['text'])).filter(text => text !== '')
  return textPart(textOf(content) || texts.join('\n'))
}

function fileOf(part: ContentPart): ContentPart {
  const file = fileIn(part)
  return file ? filePart(file) : part
}

function textPart(text: string): ContentPart {
  return { type: 'text', text }
}
