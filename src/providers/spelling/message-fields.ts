import type { ContentPart, Message, ToolCall } from '../../contract/index.ts'
import { thoughtNames } from '../../chat/thoughts/thought-names.ts'
import type { Accepts } from './accepts.ts'

/** Fields of an assistant message that services add to their answers, and that others refuse. */
const added: ReadonlySet<string> = new Set([
  'annotations',
  'cited_texts',
  'extra_content',
  'images',
  'provider_specific_fields',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'reasoning_items',
  'thinking_blocks',
])

/** A placeholder for thoughts of another service: some services refuse an empty text. */
const noThoughts = ' '

/**
 * Keeps the fields of messages that the service wants back and leaves out those that it does not know: thoughts,
 * signatures of calls, and marks for a cache.
 */
export function withFittingFields(messages: readonly Message[], accepts: Accepts): readonly Message[] {
  const thinks = accepts.needsThoughts && messages.some(({ tool_calls: calls }) => calls?.length)
  let result: Message[] | undefined
  for (const [index, message] of messages.entries()) {
    const changed = fitting(message, accepts, thinks)
    if (changed !== message) result ??= messages.slice(0, index)
    result?.push(changed)
  }
  return result ?? messages
}

/** Fields with the thoughts that other APIs have signed or sealed. */
const sealed = ['thinking_blocks', 'reasoning_items'] as const

/** Leaves out the thoughts that other APIs have sealed; few services with the chat API know any. */
export function withoutSealed(messages: readonly Message[], { thoughts }: Accepts): readonly Message[] {
  const unknown = sealed.filter(field => !thoughts.includes(field))
  if (!messages.some(message => unknown.some(field => field in message))) return messages
  return messages.map(message => {
    const kept = { ...message } as Record<string, unknown>
    for (const field of unknown) delete kept[field]
    return kept as unknown as Message
  })
}

/** Leaves out thoughts in plain text, under whatever name. */
export function withoutThoughts(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(message => thoughtNames.some(name => name in message))) return messages
  return messages.map(({ reasoning: _reasoning, reasoning_content: _content, ...message }) => message)
}

function fitting(message: Message, accepts: Accepts, needsThoughts: boolean): Message {
  const plain = accepts.cacheControl ? message : withoutMarks(message)
  if (plain.role !== 'assistant') return plain
  const kept = withoutEmpty(withThoughts(plain, accepts, needsThoughts), accepts)
  return accepts.extraContent || !kept.tool_calls?.some(hasExtra)
    ? kept
    : { ...kept, tool_calls: kept.tool_calls.map(withoutExtra) }
}

/** Fields of OpenAI's answers that others do not know. Clients send them back as null. */
const openaiFields = ['refusal', 'audio', 'function_call', 'tool_calls'] as const

/** OpenAI takes null, but not in place of calls, of which it refuses an empty list, too. */
function withoutEmpty(message: Message, { refusals }: Accepts): Message {
  const isEmpty = (field: (typeof openaiFields)[number]) =>
    message[field] === null ? !refusals || field === 'tool_calls' : isEmptyList(message[field])
  if (!openaiFields.some(isEmpty)) return message
  const kept = { ...message } as Record<string, unknown>
  for (const field of openaiFields) if (isEmpty(field)) delete kept[field]
  return kept as unknown as Message
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function withThoughts(message: Message, { thoughts, extraContent }: Accepts, needed: boolean): Message {
  const named = withThoughtsAs(thoughts, message, needed)
  const isWanted = (field: string) =>
    !added.has(field) || thoughts.includes(field) || (field === 'extra_content' && extraContent)
  if (Object.keys(named).every(isWanted)) return named
  const kept = Object.entries(named).filter(([field]) => isWanted(field))
  return Object.fromEntries(kept) as unknown as Message
}

/** A message with its thoughts under each of the names for them, among others; the same object if it has them so. */
function withThoughtsAs(names: readonly string[], message: Message, needed: boolean): Message {
  const wanted = thoughtNames.filter(name => names.includes(name))
  const text = wanted.length > 0 ? thoughtsOf(message) : ''
  const missing = text !== '' || needed ? wanted.filter(name => message[name] !== text) : []
  if (missing.length === 0) return message
  return { ...message, ...Object.fromEntries(missing.map(name => [name, text || noThoughts])) }
}

/**
 * The messages of a chat client with its thoughts under the names that the service reads, too: SDKs send them back under one
 * name of their own.
 */
export function withThoughtNames(messages: readonly Message[], { thoughts }: Accepts): readonly Message[] {
  const named = messages.map(message =>
    message.role === 'assistant' ? withThoughtsAs(thoughts, message, false) : message,
  )
  return named.every((message, index) => message === messages[index]) ? messages : named
}

/** The messages with thoughts in each turn of the assistant, if only a placeholder for them. */
export function withNeededThoughts(messages: readonly Message[]): readonly Message[] {
  const told = messages.map(message => {
    if (message.role !== 'assistant' || message['reasoning_content'] != null) return message
    return withThoughtsAs(['reasoning_content'], message, true)
  })
  return told.every((message, index) => message === messages[index]) ? messages : told
}

/** The thinking of the model, under whichever name its service used. */
function thoughtsOf(message: Message): string {
  for (const name of thoughtNames) {
    const text = message[name]
    if (typeof text === 'string' && text !== '') return text
  }
  const blocks = message['thinking_blocks']
  if (!Array.isArray(blocks)) return ''
  return (blocks as readonly { thinking?: unknown }[])
    .map(({ thinking }) => (typeof thinking === 'string' ? thinking : ''))
    .join('')
}

function withoutMarks(message: Message): Message {
  const { content, tool_calls: calls } = message
  const { cache_control: mark, ...rest } = message
  const bare = mark === undefined ? message : { ...rest, role: message.role }
  const plain = calls?.some(isMarked) ? { ...bare, tool_calls: calls.map(withoutOwnMark) } : bare
  if (!Array.isArray(content) || !content.some(isMarked)) return plain
  return { ...plain, content: simplified(message.role, content.map(withoutMark)) }
}

/** Texts that were separate only for a mark, as one: not every service accepts lists. */
function simplified(role: string, parts: readonly ContentPart[]): string | readonly ContentPart[] {
  const isPlain = parts.every(part => part.type === 'text' && Object.keys(part).length === 2)
  const between = separators.get(role)
  if (!isPlain || (between === undefined && parts.length > 1)) return parts
  return parts.map(({ text }) => text ?? '').join(between)
}

const separators: ReadonlyMap<string, string> = new Map([
  ['system', '\n\n'],
  ['developer', '\n\n'],
  ['assistant', ''],
  ['tool', '\n'],
])

function isMarked(marked: ContentPart | ToolCall): boolean {
  return 'cache_control' in marked
}

function withoutMark({ cache_control: _mark, ...part }: ContentPart): ContentPart {
  return { ...part, type: part.type }
}

function withoutOwnMark({ cache_control: _mark, ...call }: ToolCall): ToolCall {
  return call
}

function hasExtra(call: ToolCall): boolean {
  return 'extra_content' in call
}

function withoutExtra({ extra_content: _extra, ...call }: ToolCall): ToolCall {
  return call
}
