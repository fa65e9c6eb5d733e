import type { ChatRequest, Completion, Message } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'
import type { TextPart } from '../../text/text-part.ts'

/** The texts of a prompt: its messages, or the inputs of a request for embeddings. */
export function promptParts({ messages, input }: ChatRequest): TextPart[] {
  if (messages.length > 0) return messages.flatMap(message => messageParts(message))
  return [input].flat().flatMap(text => partOf('input', text))
}

/** The texts of a whole answer, choice by choice. */
export function answerParts({ choices }: Pick<Completion, 'choices'>): TextPart[] {
  return choices.flatMap(({ index, message }) =>
    // A wrapper may return bytes with anything as an index, which would be neither redacted nor cut.
    messageParts(message).map(part =>
      Number.isSafeInteger(index) && index > 0 ? { ...part, choice: index } : part,
    ),
  )
}

/** The texts of a message. Clients and services send fields of any type. */
function messageParts(message: Message): TextPart[] {
  const { role, content, tool_calls: calls, refusal, reasoning_content: thoughts, reasoning } = message
  return [
    ...partOf('thinking', typeof thoughts === 'string' && thoughts !== '' ? thoughts : reasoning),
    ...partOf(nameOf(role), textOf(content)),
    ...partOf('refusal', refusal),
    ...(Array.isArray(calls) ? (calls as readonly unknown[]) : []).flatMap(callPart),
  ]
}

/** A text and nothing else: images and files are named, not kept. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return (content as readonly unknown[])
    .map(part => {
      const { type, text } = (part ?? {}) as { readonly type?: unknown; readonly text?: unknown }
      return typeof text === 'string' ? text : `[${typeof type === 'string' ? clip(type, 40) : 'part'}]`
    })
    .join('\n')
}

function callPart(call: unknown): TextPart[] {
  const { function: called } = (call ?? {}) as { readonly function?: unknown }
  const { name, arguments: given } = (called ?? {}) as Readonly<Record<string, unknown>>
  if (typeof name !== 'string') return []
  return partOf('call', `${name} ${typeof given === 'string' ? given : ''}`)
}

function nameOf(role: unknown): string {
  return typeof role === 'string' ? clip(role, 40) : 'message'
}

function partOf(role: string, text: unknown): TextPart[] {
  return typeof text === 'string' && text !== '' ? [{ role, text: text.toWellFormed() }] : []
}
