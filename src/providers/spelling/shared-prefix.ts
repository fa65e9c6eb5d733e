import { countMarks, markOfTool, maxMarks } from '../../chat/notes/cache-marks.ts'
import { blockFieldsOf, nativeOf, noteNative, serverToolsOf } from '../../chat/notes/native-form.ts'
import { charactersPerToken, weightedLength } from '../../chat/estimate.ts'
import type { ChatRequest, ContentPart, Message } from '../../contract/index.ts'

/**
 * The fewest tokens that any model caches; some need up to 4096, and ignore a mark behind fewer, see
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching.
 */
const fewestTokens = 1024

const mark = { cache_control: { type: 'ephemeral' } } as const

/** The beginning of a request that the calls of one answer share, up to the last text of the client. */
export interface SharedPrefix {
  /** The messages of the client that the request repeats. */
  readonly messages: readonly Message[]
  /** The last message of the client, if a step has only added to it. */
  readonly extended: Message | undefined
}

/**
 * The beginning that a step's request shares with that of the client; undefined if it is shorter than what services cache.
 */
export function sharedPrefix(request: ChatRequest, asked: ChatRequest): SharedPrefix | undefined {
  const differs = asked.messages.findIndex((message, index) => request.messages[index] !== message)
  const messages = differs === -1 ? asked.messages : asked.messages.slice(0, differs)
  const last = asked.messages[differs]
  const isExtended =
    last && differs === asked.messages.length - 1 && isExtension(request.messages[differs], last)
  const prefix = { messages, extended: isExtended ? last : undefined }
  return isLong(request, prefix) ? prefix : undefined
}

/**
 * The request with a mark for the service's cache at the end of the part that it shares with the client's own. The marks of
 * the client stay as they are, and remain alone if they are as many as a service takes.
 */
export function withSharedMark(request: ChatRequest, asked: ChatRequest): ChatRequest {
  const prefix = request === asked ? undefined : sharedPrefix(request, asked)
  if (!prefix || marksIn(request) >= maxMarks) return request
  const { messages, extended } = prefix
  const at = extended ? messages.length : messages.length - 1
  const message = request.messages[at]
  const isAfter = request.messages.slice(at + 1).some(later => marksOf(later) > 0)
  if (!message || isAfter || (!extended && marksOf(message) > 0)) return request
  const marked = extended ? markedWithin(message, extended) : markedAtEnd(message)
  return marked ? { ...request, messages: request.messages.with(at, marked) } : request
}

/** Whether a message has the content of another one and more. */
function isExtension(message: Message | undefined, { role, content: begun }: Message): boolean {
  const content = message?.content
  if (message?.role !== role || content == null || begun == null) return false
  if (typeof begun === 'string')
    return typeof content === 'string' && isFilled(begun) && content.startsWith(begun)
  return Array.isArray(content) && begun.length > 0 && begun.every((part, index) => part === content[index])
}

/** The message with a mark after the content that it shares with `begun`. */
function markedWithin(message: Message, { content: begun }: Message): Message | undefined {
  const content = message.content ?? ''
  if (typeof content !== 'string') {
    const length = begun?.length ?? 0
    const shared = markedParts(content.slice(0, length))
    return shared && { ...message, content: [...shared, ...content.slice(length)] }
  }
  const [shared, rest] = [content.slice(0, begun?.length), content.slice(begun?.length)]
  if (!isFilled(rest)) return undefined
  return { ...message, content: [{ type: 'text', text: shared, ...mark }, textPart(rest)] }
}

/** The message with a mark at its end; undefined if it has nothing that can be marked. */
function markedAtEnd(message: Message): Message | undefined {
  const { content } = message
  const parts = typeof content === 'string' ? [textPart(content)] : (content ?? [])
  const marked = markedParts(parts)
  if (!marked) return undefined
  const changed = { ...message, content: marked }
  const native = nativeOf(message)
  const block = native?.at(-1)
  if (native && block && !/thinking/.test(block.type))
    noteNative(changed, [...native.slice(0, -1), { ...block, ...mark }])
  return changed
}

function markedParts(parts: readonly ContentPart[]): readonly ContentPart[] | undefined {
  const last = parts.at(-1)
  if (!last || 'cache_control' in last || (last.type === 'text' && !isFilled(last.text))) return undefined
  return [...parts.slice(0, -1), { ...last, ...mark }]
}

function textPart(text: string): ContentPart {
  return { type: 'text', text }
}

function isFilled(text: string | undefined): boolean {
  return text !== undefined && /\S/.test(text)
}

/** Whether the texts and tools of the prefix are enough for a cache; an image or a file always is. */
function isLong(request: ChatRequest, { messages, extended }: SharedPrefix): boolean {
  const shared = extended ? [...messages, extended] : messages
  const parts = shared.flatMap(({ content }) =>
    typeof content === 'string' ? [textPart(content)] : (content ?? []),
  )
  if (parts.some(({ type }) => type !== 'text' && type !== 'refusal')) return true
  const texts = parts.reduce((sum, { text = '' }) => sum + weightedLength(text), 0)
  const tools = shared.length > 0 && request['tools'] ? JSON.stringify(request['tools']).length : 0
  return texts + tools >= fewestTokens * charactersPerToken
}

function marksIn(request: ChatRequest): number {
  const tools = Array.isArray(request['tools']) ? (request['tools'] as readonly object[]) : []
  const offered = [
    ...tools.map(tool => nativeOf(tool)?.[0] ?? { cache_control: markOfTool(tool) }),
    ...(serverToolsOf(request)?.tools ?? []),
  ]
  return request.messages.reduce((sum, message) => sum + marksOf(message), countMarks(offered))
}

function marksOf(message: Message): number {
  const native = nativeOf(message)
  if (native) return countMarks([{ ...message, content: native }])
  const calls = message.tool_calls ?? []
  return countMarks([message, blockFieldsOf(message), ...calls, ...calls.map(blockFieldsOf)])
}
