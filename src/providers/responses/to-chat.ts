import type { Completion, Message, ToolCall, Usage } from '../../contract/index.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** The usage of Responses. */
export interface ResponsesUsage {
  readonly input_tokens?: number | null
  readonly input_tokens_details?: { readonly cached_tokens?: number } | null
  readonly output_tokens?: number | null
  readonly output_tokens_details?: { readonly reasoning_tokens?: number } | null
  readonly total_tokens?: number | null
}

interface Part {
  readonly type?: string
  readonly text?: string
  readonly refusal?: string
  readonly annotations?: readonly Annotation[]
}

/** A reference from a place in a text to its source. */
export interface Annotation {
  readonly type?: string
  readonly [field: string]: unknown
}

/** One item of a model's output. */
export interface OutputItem {
  readonly id?: string
  readonly type?: string
  readonly content?: readonly Part[] | null
  readonly summary?: readonly Part[] | null
  readonly call_id?: string
  readonly name?: string
  readonly arguments?: string
}

/** The parts of a response that have a counterpart in chat completions. */
export interface ResponsesAnswer {
  readonly id?: string
  readonly model?: string
  readonly created_at?: number
  readonly output?: readonly OutputItem[]
  readonly incomplete_details?: { readonly reason?: string } | null
  readonly usage?: ResponsesUsage | null
  readonly error?: unknown
}

/** Converts a response to a `chat.completion`; undefined if it is not a response. */
export function toChatCompletion(answer: unknown): Partial<Completion> | undefined {
  const { id, model, created_at, output, incomplete_details, usage } = (answer ?? {}) as ResponsesAnswer
  if (!Array.isArray(output)) return undefined
  const total = toChatUsage(usage)
  const message = toChatMessage(output as readonly OutputItem[])
  const finish_reason = toFinishReason(incomplete_details?.reason, message.tool_calls !== undefined)
  return {
    ...(id === undefined ? {} : { id }),
    object: 'chat.completion',
    created: Math.floor(created_at ?? unixSeconds()),
    ...(model === undefined ? {} : { model }),
    choices: [{ index: 0, message, finish_reason }],
    ...(total ? { usage: total } : {}),
  }
}

/** Converts items to a message. Those of other types, such as those of the service's own searches, are dropped. */
function toChatMessage(items: readonly OutputItem[]): Message {
  const parts = items.filter(({ type }) => type === 'message').flatMap(({ content }) => content ?? [])
  const thoughts = items.filter(({ type }) => type === 'reasoning')
  const text = joinTexts(parts.filter(({ type }) => type === 'output_text'))
  const refusal = parts.map(part => part.refusal ?? '').join('')
  const reasoning = thoughts.map(({ summary, content }) => joinTexts(content ?? summary ?? [])).join('')
  const calls = items.filter(({ type }) => type === 'function_call').map(toToolCall)
  const annotations = parts.flatMap(part => part.annotations ?? []).map(toChatAnnotation)
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    ...(refusal ? { refusal } : {}),
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(annotations.length > 0 ? { annotations } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function joinTexts(parts: readonly Part[]): string {
  return parts.map(({ text }) => text ?? '').join('')
}

function toToolCall({ call_id: id, name = '', arguments: args = '' }: OutputItem): ToolCall {
  return { ...(id === undefined ? {} : { id }), type: 'function', function: { name, arguments: args } }
}

/** Converts an annotation: in chat completions, its fields are nested under its type. */
export function toChatAnnotation({ type = '', ...fields }: Annotation): object {
  return { type, [type]: fields }
}

/** The finish reason of chat completions; `reason` is the reason why the response is incomplete, if it is. */
export function toFinishReason(reason: string | undefined, hasCalls: boolean): string {
  if (reason === 'content_filter') return reason
  if (reason !== undefined) return 'length'
  return hasCalls ? 'tool_calls' : 'stop'
}

/** Converts usage to that of chat completions; undefined without complete figures. */
export function toChatUsage(usage: ResponsesUsage | null | undefined): Usage | undefined {
  if (typeof usage?.input_tokens !== 'number' || typeof usage.output_tokens !== 'number') return undefined
  const { input_tokens: prompt, output_tokens: completion } = usage
  const cached = usage.input_tokens_details?.cached_tokens
  const thought = usage.output_tokens_details?.reasoning_tokens
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: usage.total_tokens ?? prompt + completion,
    ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
    ...(thought === undefined ? {} : { completion_tokens_details: { reasoning_tokens: thought } }),
  }
}
