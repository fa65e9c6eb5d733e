import { documentBlock, inputFile } from '../../chat/notes/files.ts'
import type { GivenFile } from '../../chat/notes/files.ts'
import { filePart, noteFile } from '../../chat/notes/foreign-files.ts'
import { fieldsOf, textOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { hasIds, withBlockIds, withItemIds, withMessageIds } from './call-ids.ts'
import type { ClientItems } from './call-ids.ts'
import { imagePart, textPart } from './conversation-builder.ts'
import { hasForeignBlocks, withChatBlocks } from './foreign-blocks.ts'
import { withoutBlankTurns } from './blank-turns.ts'
import { withContent, withEarlierContent, withItems, withUserFiles } from './earlier-content.ts'
import type { KnownParts } from './earlier-content.ts'
import { imageBlock } from './earlier-images.ts'
import { withReadableSummary } from './summary.ts'
import { toldJson } from '../../chat/notes/told-json.ts'

const isObject = (value: unknown) => fieldsOf(value) !== undefined
const isText = (value: unknown) => typeof value === 'string'
const isAddress = (value: unknown) => isText(value) || isObject(value)

/** The parts that a chat has at OpenAI and other services, and the value that each has under the name of its type. */
const namedParts: Readonly<Record<string, (value: unknown) => boolean>> = {
  audio_url: isAddress,
  document_url: isAddress,
  file: isObject,
  image_url: isAddress,
  input_audio: isObject,
  refusal: isText,
  thinking: value => isText(value) || Array.isArray(value),
  video: value => isAddress(value) || Array.isArray(value),
  video_url: isAddress,
}

/** Parts of a chat that have their values under other names: other APIs', and some services' own. */
const otherParts: ReadonlySet<unknown> = new Set([
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
  isKnown: part => {
    const { type, source } = part
    if (otherParts.has(type) || (type === 'document' && isObject(source))) return true
    return typeof type === 'string' && Object.hasOwn(namedParts, type) && namedParts[type]!(part[type])
  },
  image: imagePart,
  file: toldFile,
  isOpen: false,
}

/** Describes a file in the result of a tool, where chat services accept none. Other services get the file itself. */
function toldFile(file: GivenFile, part: Fields): Fields {
  const told = textPart(toldJson(part))
  noteFile(told, file)
  return told
}

/** A body of chat completions in which the content of earlier turns and results is sound; the same body if it was. */
export function withEarlierMessages(body: Fields): Fields {
  return withItems(withMessageIds(withChatBlocks(body)), 'messages', readMessage)
}

const userParts: KnownParts = { ...chatParts, file: filePart }

function readMessage(message: unknown): unknown {
  const fields = fieldsOf(message)
  return fields?.['role'] === 'user'
    ? withUserFiles(fields, userParts)
    : withEarlierContent(message, chatParts)
}

/** Whether a message of a chat has sound content, ids and names, and no file in the spelling of another API. */
export function isSoundMessage(message: Fields): boolean {
  const { content } = message
  // A text needs no reading: most messages are one.
  const isText = content == null || typeof content === 'string'
  return hasIds(message) && (isText || (!hasForeignBlocks(message) && readMessage(message) === message))
}

const blocks: ReadonlySet<unknown> = new Set([
  'compaction',
  'container_upload',
  'fallback',
  'mcp_tool_listing',
  'redacted_thinking',
  'search_result',
  'thinking',
  'tool_addition',
  'tool_reference',
  'tool_removal',
])

/** Whether the Messages API has such a block, text aside. */
export function isKnownBlock(block: Fields): boolean {
  const { type, source } = block
  const isFile = (type === 'image' || type === 'document') && isObject(source)
  return blocks.has(type) || isFile || /(?:^|_)tool_(?:use|result)$/.test(textOf(type))
}

const messagesParts: KnownParts = {
  text: 'text',
  isKnown: isKnownBlock,
  image: imageBlock,
  file: documentBlock,
  isOpen: true,
}

/** A body of the Messages API in which the content of the model's turns and of results is sound; the same body if it was. */
export function withEarlierTurns(body: Fields): Fields {
  return withItems(withBlockIds(withoutBlankTurns(body)), 'messages', turn => {
    const fields = fieldsOf(turn)
    return fields?.['role'] === 'user'
      ? withItems(withUserFiles(fields, messagesParts), 'content', withResult)
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
  return parts.has(part['type'])
}

const outputParts: KnownParts = {
  text: 'output_text',
  isKnown: isKnownPart,
  image: (address, detail) => ({
    type: 'input_image',
    image_url: address,
    ...(detail == null ? {} : { detail }),
  }),
  file: inputFile,
  isOpen: true,
}
const resultParts: KnownParts = { ...outputParts, text: 'input_text' }

/** A body of the Responses API in which the content of the model's messages and of results is sound; the same body if it was. */
export function withEarlierItems(body: Fields, clientItems: readonly ClientItems[]): Fields {
  return withItems(withItemIds(body, clientItems), 'input', given => {
    const item = withReadableSummary(given)
    const fields = fieldsOf(item)
    switch (fields?.['type'] ?? 'message') {
      case 'message':
        return fields?.['role'] === 'user'
          ? withUserFiles(fields, resultParts)
          : withEarlierContent(item, outputParts)
      case 'function_call_output':
      case 'custom_tool_call_output':
        return fields?.['output'] === undefined ? item : withContent(fields, 'output', resultParts)
      default:
        return item
    }
  })
}
