import type { ContentPart, Message } from '../../contract/index.ts'

/** The content of a message as a list of parts; empty if it has none. */
export function partsOf(content: Message['content']): readonly ContentPart[] {
  if (content == null || content === '') return []
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

/** The content of an assistant's message with its refusal, which OpenAI has in a field or a part of its own, as text. */
export function spokenParts({ content, refusal }: Message): readonly ContentPart[] {
  const parts = partsOf(content).map(part =>
    part.type === 'refusal' ? { type: 'text', text: textOf(part['refusal']) } : part,
  )
  return typeof refusal === 'string' && refusal !== '' ? [...parts, { type: 'text', text: refusal }] : parts
}

/** The message with its refusal as text; the same object if it has none. */
export function withRefusalAsText(message: Message): Message {
  if (message.role !== 'assistant' || !refuses(message)) return message
  const { refusal: _refusal, ...rest } = message
  return { ...rest, content: joinContents(spokenParts(message)) }
}

/** The same for all messages of a conversation. */
export function withRefusalsAsText(messages: readonly Message[]): readonly Message[] {
  return messages.some(refuses) ? messages.map(withRefusalAsText) : messages
}

function refuses({ content, refusal }: Message): boolean {
  const inParts = Array.isArray(content) && content.some(({ type }) => type === 'refusal')
  return inParts || (typeof refusal === 'string' && refusal !== '')
}

/** Parts as a content: one text if they are plain text, since not every service accepts lists. */
export function joinContents(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const plain = parts.every(part => part.type === 'text' && Object.keys(part).length === 2)
  return plain ? parts.map(({ text }) => text ?? '').join('\n\n') : parts
}

/** A text as it is; anything else is an empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
