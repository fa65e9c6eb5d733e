import type { ContentPart, Message } from '../../contract/index.ts'

/** The content of a message as a list of parts; empty if it has none. */
export function partsOf(content: Message['content']): readonly ContentPart[] {
  if (content == null || content === '') return []
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

/** Parts as a content: one text if they are plain text, since not every service accepts lists. */
export function joinContents(parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const plain = parts.every(part => part.type === 'text' && Object.keys(part).length === 2)
  return plain ? parts.map(({ text }) => text ?? '').join('\n\n') : parts
}
