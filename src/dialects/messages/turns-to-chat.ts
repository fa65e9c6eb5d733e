import type { ContentPart, Message } from '../../contract/index.ts'
import { check, invalidField } from '../check.ts'
import { documentBlock, imageBlock, textBlock, toolResultBlock, toolUseBlock } from './schema.ts'
import type { CountBody } from './schema.ts'
import { ConversationBuilder, imagePart, textPart, toolCall } from '../conversation-builder.ts'

type Content = CountBody['messages'][number]['content']
type ContentBlock = Exclude<Content, string>[number]

/**
 * Translates a conversation of the Messages API into the messages of a chat. Earlier thinking is kept only if it is
 * signed: its service may require it, and others have no use for it.
 */
export function turnsToChat({ system, messages }: CountBody): readonly Message[] {
  const conversation = new ConversationBuilder()
  if (system != null) addSystem(conversation, system, 'system')
  for (const [index, { role, content }] of messages.entries()) {
    const path = `messages[${index}].content`
    if (role === 'system') addSystem(conversation, content, path)
    else if (role === 'assistant') addAssistant(conversation, content, path)
    else addUser(conversation, content, path)
  }
  return conversation.messages
}

function addSystem(conversation: ConversationBuilder, content: Content, path: string): void {
  const texts = blocksAt(content, path).map(([block, at]) => textPart(check(textBlock, block, at).text))
  if (texts.length > 0) conversation.addSystem(texts)
}

function addAssistant(conversation: ConversationBuilder, content: Content, path: string): void {
  const parts: ContentPart[] = []
  const calls = []
  const thinking = []
  for (const [block, at] of blocksAt(content, path)) {
    if (block.type === 'thinking' || block.type === 'redacted_thinking') {
      if (block.type === 'redacted_thinking' || block['signature']) thinking.push(block)
    } else if (block.type === 'tool_use') {
      const { id, name, input } = check(toolUseBlock, block, at)
      calls.push(toolCall(id, name, JSON.stringify(input)))
    } else if (block.type === 'text') parts.push(textPart(check(textBlock, block, at).text))
    else throw unknownBlock(block, at)
  }
  if (parts.length + calls.length === 0) return
  conversation.addAssistant(parts, calls, thinking.length > 0 ? { thinking_blocks: thinking } : {})
}

function addUser(conversation: ConversationBuilder, content: Content, path: string): void {
  const parts: ContentPart[] = []
  for (const [block, at] of blocksAt(content, path)) {
    if (block.type === 'tool_result') {
      const { tool_use_id: id, content: result } = check(toolResultBlock, block, at)
      const inner = blocksAt(result ?? [], `${at}.content`)
      conversation.addResult(
        id,
        inner.map(([part, path]) => partOf(part, path)),
      )
    } else parts.push(partOf(block, at))
  }
  conversation.addUser(parts)
}

function partOf(block: ContentBlock, at: string): ContentPart {
  switch (block.type) {
    case 'text':
      return textPart(check(textBlock, block, at).text)
    case 'image': {
      const { source } = check(imageBlock, block, at)
      return imagePart(source.type === 'url' ? source.url : dataUrl(source))
    }
    case 'document': {
      const { source, title } = check(documentBlock, block, at)
      if (source.type === 'text') return textPart(source.data)
      return { type: 'file', file: { filename: title ?? 'document', file_data: dataUrl(source) } }
    }
    default:
      throw unknownBlock(block, at)
  }
}

/** Each block with its path; a string is one block of text. */
function blocksAt(content: Content, path: string): (readonly [ContentBlock, string])[] {
  if (typeof content === 'string') return [[{ type: 'text', text: content }, path]]
  return content.map((block, index) => [block, `${path}[${index}]`])
}

function dataUrl({ media_type: type, data }: { media_type: string; data: string }): string {
  return `data:${type};base64,${data}`
}

function unknownBlock({ type }: ContentBlock, at: string) {
  return invalidField(`${at}.type`, `blocks of type "${type}" are not supported here`)
}
