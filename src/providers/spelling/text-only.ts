import type { ContentPart, Message } from '../../contract/index.ts'
import { joinContents } from './contents.ts'

/**
 * Replaces the images and files of a conversation by a note, for a service that reads only text. Those of the user's
 * current turn are sent, and the service refuses them; those in a tool's result are not, because the user did not
 * choose them.
 */
export function withTextAlone(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(hasOthers)) return messages
  const last = messages.length - 1
  const isAsked = messages[last]?.role === 'user' && messages[last - 1]?.role !== 'tool'
  return messages.map((message, index) =>
    hasOthers(message) && !(isAsked && index === last) ? withoutOthers(message) : message,
  )
}

function hasOthers({ content }: Message): boolean {
  return Array.isArray(content) && content.some(part => part.type !== 'text')
}

function withoutOthers(message: Message): Message {
  const content = message.content as readonly ContentPart[]
  return { ...message, content: joinContents(content.map(told)) }
}

function told(part: ContentPart): ContentPart {
  if (part.type === 'text') return part
  if (part.type === 'refusal') return { type: 'text', text: String(part['refusal']) }
  const kind = part.type === 'image_url' ? 'an image' : part.type === 'input_audio' ? 'audio' : 'a file'
  return { type: 'text', text: `[${kind} that this model cannot read]` }
}
