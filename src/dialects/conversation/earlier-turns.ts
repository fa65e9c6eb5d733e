import { fieldsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { withContent, withEarlierContent, withItems } from './earlier-content.ts'
import type { KnownParts } from './earlier-content.ts'

/** Parts of a chat that do not have their value under the name of their type: other APIs', and some services' own. */
const unlikeChat: ReadonlySet<unknown> = new Set([
  'reasoning',
  'redacted_thinking',
  'reference',
  'search_result',
  'tool_reference',
  'tool_result',
  'tool_use',
])

const chatParts: KnownParts = {
  text: 'text',
  isKnown: part =>
    Object.hasOwn(part, String(part['type'])) || unlikeChat.has(part['type']) || isSource(part),
  isOpen: false,
}

/** A body of chat completions in which the content of earlier turns and results is sound; the same body if it was. */
export function withEarlierMessages(body: Fields): Fields {
  return withItems(body, 'messages', message => withEarlierContent(message, chatParts))
}

/** Whether a message of a chat is one of the user, or has sound content. */
export function isSoundMessage(message: Fields): boolean {
  return withEarlierContent(message, chatParts) === message
}

/** Whether it is an image or a document with its data, in Messages or MCP. */
function isSource({ type, source, data }: Fields): boolean {
  return (
    (type === 'image' && typeof data === 'string') ||
    (/^(?:image|document)$/.test(String(type)) && fieldsOf(source) !== undefined)
  )
}

const blocks: ReadonlySet<unknown> = new Set([
  'compaction',
  'container_upload',
  'redacted_thinking',
  'search_result',
  'thinking',
  'tool_reference',
])

/** Whether the Messages API has such a block, text aside. */
export function isKnownBlock(block: Fields): boolean {
  const { type } = block
  return blocks.has(type) || isSource(block) || /(?:^|_)tool_(?:use|result)$/.test(String(type))
}

const messagesParts: KnownParts = { text: 'text', isKnown: isKnownBlock, isOpen: true }

/** A body of the Messages API in which the content of the model's turns and of results is sound; the same body if it was. */
export function withEarlierTurns(body: Fields): Fields {
  return withItems(body, 'messages', turn => {
    const fields = fieldsOf(turn)
    return fields?.['role'] === 'user'
      ? withItems(fields, 'content', withResult)
      : withEarlierContent(turn, messagesParts, [])
  })
}

function withResult(block: unknown): unknown {
  const fields = fieldsOf(block)
  if (fields?.['type'] !== 'tool_result' || fields['content'] === undefined) return block
  return withContent(fields, 'content', messagesParts)
}

const parts: ReadonlySet<unknown> = new Set([
  'computer_screenshot',
  'encrypted_content',
  'input_audio',
  'input_file',
  'input_image',
  'output_audio',
  'reasoning_text',
  'refusal',
  'summary_text',
])

/** Whether the Responses API has such a part, text aside. */
export function isKnownPart(part: Fields): boolean {
  return parts.has(part['type']) || isSource(part)
}

const outputParts: KnownParts = { text: 'output_text', isKnown: isKnownPart, isOpen: true }
const resultParts: KnownParts = { ...outputParts, text: 'input_text' }

/** A body of the Responses API in which the content of the model's messages and of results is sound; the same body if it was. */
export function withEarlierItems(body: Fields): Fields {
  return withItems(body, 'input', item => {
    const fields = fieldsOf(item)
    switch (fields?.['type'] ?? 'message') {
      case 'message':
        return withEarlierContent(item, outputParts)
      case 'function_call_output':
      case 'custom_tool_call_output':
        return fields?.['output'] === undefined ? item : withContent(fields, 'output', resultParts)
      default:
        return item
    }
  })
}
