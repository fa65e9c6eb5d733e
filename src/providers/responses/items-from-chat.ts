import type { ContentPart, Message, ToolCall } from '../../contract/index.ts'
import { fileIn, inputFile, recordingIn } from '../../chat/notes/files.ts'
import { notedFile } from '../../chat/notes/foreign-files.ts'
import { untranslatable } from '../translation.ts'
import { customOf } from '../spelling/calls/custom-tools.ts'
import { withReadableHistory } from '../spelling/text-only.ts'
import { reasoningBefore } from './sealed-reasoning.ts'

type Item = Readonly<Record<string, unknown>>

/** Converts a conversation to the input of Responses. Names of participants and unsealed thinking are dropped. */
export function fromChatMessages(messages: readonly Message[]): Item[] {
  const custom = new Set(
    messages.flatMap(({ tool_calls: calls }) => (calls ?? []).filter(customOf).map(({ id }) => id)),
  )
  const readable = withReadableHistory(messages, isForeign)
  return readable.flatMap((message, index) => fromChatMessage(message, `messages.${index}`, custom))
}

/** Whether a part of a chat has no place in Responses. */
function isForeign(part: ContentPart): boolean {
  return recordingIn(part) !== undefined
}

/** `custom`: the ids of calls of custom tools, whose results have a type of their own. */
function fromChatMessage(message: Message, at: string, custom: ReadonlySet<unknown>): Item[] {
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return [{ type: 'message', role: message.role, content: fromChatContent(message.content, at) }]
    case 'assistant':
      return assistantItems(message, at)
    case 'tool':
      return [
        {
          type: custom.has(message['tool_call_id']) ? 'custom_tool_call_output' : 'function_call_output',
          call_id: message['tool_call_id'],
          output: fromChatContent(message.content, at),
        },
      ]
    default:
      throw untranslatable(
        `${at}.role`,
        `"${message.role}" has no counterpart in the Responses API; it has system, developer, user, assistant and tool`,
      )
  }
}

/** The text of the message, then its calls, each after the thoughts that led to it. */
function assistantItems(message: Message, at: string): Item[] {
  const { content, refusal, tool_calls: calls } = message
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
  const output = parts.filter(part => part.type !== 'text' || part.text !== '').map(outputPart)
  if (typeof refusal === 'string') output.push({ type: 'refusal', refusal })
  if (output.length + (calls?.length ?? 0) === 0) return []
  return [
    ...reasoningBefore(message, -1),
    ...(output.length > 0 ? [{ type: 'message', role: 'assistant', content: output }] : []),
    ...(calls ?? []).flatMap((call, index) => [
      ...reasoningBefore(message, index),
      callItem(call, `${at}.tool_calls.${index}`),
    ]),
  ]
}

function outputPart(part: ContentPart): Item {
  return part.type === 'text' ? { type: 'output_text', text: part.text, annotations: [] } : part
}

function callItem(call: ToolCall, at: string): Item {
  const { id, function: called } = call
  const custom = customOf(call)
  if (custom) return { type: 'custom_tool_call', call_id: id, input: '', ...custom }
  if (!called) throw untranslatable(at, 'is not a function call')
  return { type: 'function_call', call_id: id, name: called.name, arguments: called.arguments ?? '' }
}

function fromChatContent(content: Message['content'], at: string): string | Item[] {
  if (content == null || typeof content === 'string') return content ?? ''
  return content.map((part, index) => inputPart(part, `${at}.content.${index}`))
}

/** Converts one part of the input. The service's own parts are passed on. */
function inputPart(part: ContentPart, at: string): Item {
  return foreignFile(part) ?? ownPart(part, at)
}

const documents: ReadonlySet<string> = new Set(['document', 'document_url'])

/** The file that a part has in the spelling of another API, or names in words. */
function foreignFile(part: ContentPart): Item | undefined {
  const file = notedFile(part) ?? (documents.has(part.type) ? fileIn(part) : undefined)
  return file && inputFile(file)
}

function ownPart(part: ContentPart, at: string): Item {
  const recording = recordingIn(part)
  if (recording !== undefined)
    throw untranslatable(at, `is ${recording}, which the Responses API does not accept`)
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image_url':
      return { type: 'input_image', detail: 'auto', ...imageOf(part['image_url']) }
    case 'file':
      return { type: 'input_file', ...(part['file'] as object | undefined) }
    default:
      return part
  }
}

function imageOf(image: unknown): Item {
  if (typeof image === 'string') return { image_url: image }
  const { url, detail } = (image ?? {}) as { url?: unknown; detail?: unknown }
  return { image_url: url, ...(detail == null ? {} : { detail }) }
}
