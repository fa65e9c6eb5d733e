import type { ContentPart, Message, ToolCall } from '../../contract/index.ts'
import { untranslatable } from '../translation.ts'

type Item = Readonly<Record<string, unknown>>

/** A conversation as the input of Responses. Names of participants, and thinking, are not kept. */
export function itemsOf(messages: readonly Message[]): Item[] {
  return messages.flatMap((message, index) => itemsOfMessage(message, `messages.${index}`))
}

function itemsOfMessage(message: Message, at: string): Item[] {
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return [{ type: 'message', role: message.role, content: inputOf(message.content, at) }]
    case 'assistant':
      return assistantItems(message, at)
    case 'tool':
      return [
        {
          type: 'function_call_output',
          call_id: message['tool_call_id'],
          output: inputOf(message.content, at),
        },
      ]
    default:
      throw untranslatable(
        `${at}.role`,
        `"${message.role}" has no counterpart in the Responses API; it has system, developer, user, assistant and tool`,
      )
  }
}

/** What was said, then the calls that were made. */
function assistantItems({ content, refusal, tool_calls: calls }: Message, at: string): Item[] {
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
  const said = parts.filter(part => part.type !== 'text' || part.text !== '').map(outputPart)
  if (typeof refusal === 'string') said.push({ type: 'refusal', refusal })
  return [
    ...(said.length > 0 ? [{ type: 'message', role: 'assistant', content: said }] : []),
    ...(calls ?? []).map((call, index) => callItem(call, `${at}.tool_calls.${index}`)),
  ]
}

function outputPart(part: ContentPart): Item {
  return part.type === 'text' ? { type: 'output_text', text: part.text, annotations: [] } : part
}

function callItem({ id, function: called }: ToolCall, at: string): Item {
  if (!called) throw untranslatable(at, 'is no call of a function')
  return { type: 'function_call', call_id: id, name: called.name, arguments: called.arguments ?? '' }
}

function inputOf(content: Message['content'], at: string): string | Item[] {
  if (content == null || typeof content === 'string') return content ?? ''
  return content.map((part, index) => inputPart(part, `${at}.content.${index}`))
}

/** Parts of the service's own go through. */
function inputPart(part: ContentPart, at: string): Item {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'image_url':
      return { type: 'input_image', detail: 'auto', ...imageOf(part['image_url']) }
    case 'file':
      return { type: 'input_file', ...(part['file'] as object | undefined) }
    case 'input_audio':
      throw untranslatable(at, 'is audio, which the Responses API does not take')
    default:
      return part
  }
}

function imageOf(image: unknown): Item {
  if (typeof image === 'string') return { image_url: image }
  const { url, detail } = (image ?? {}) as { url?: unknown; detail?: unknown }
  return { image_url: url, ...(detail == null ? {} : { detail }) }
}
