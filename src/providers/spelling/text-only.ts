import type { ContentPart, Message } from '../../contract/index.ts'
import { joinContents } from './contents.ts'

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
  const now = messages.findLastIndex(({ role }) => role === 'assistant' || role === 'tool') + 1
  const isAffected = (message: Message, index: number) => index < now && has(message, isUnreadable)
  if (!messages.some(isAffected)) return messages
  return messages.map((message, index) => (index < now ? without(message, isUnreadable) : message))
}

function has({ content }: Message, isOther: (part: ContentPart) => boolean): boolean {
  return Array.isArray(content) && content.some(isOther)
}

function without(message: Message, isOther: (part: ContentPart) => boolean): Message {
  if (!has(message, isOther)) return message
  const content = message.content as readonly ContentPart[]
  return { ...message, content: joinContents(content.map(part => (isOther(part) ? told(part) : part))) }
}

function told(part: ContentPart): ContentPart {
  if (part.type === 'refusal') return { type: 'text', text: String(part['refusal']) }
  return { type: 'text', text: `[${nameOf(part)} that this model cannot read]` }
}

function nameOf(part: ContentPart): string {
  return part.type === 'image_url' ? 'an image' : (recordingIn(part) ?? 'a file')
}

const recordings: ReadonlyMap<string, string> = new Map([
  ['input_audio', 'audio'],
  ['audio_url', 'audio'],
  ['video_url', 'a video'],
  ['video', 'a video'],
])

/** The name of a sound or a video, which only chats have; undefined for any other part. */
export function recordingIn({ type }: ContentPart): string | undefined {
  return recordings.get(type)
}
