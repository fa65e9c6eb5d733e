import type { Completion, Message, ToolCall, Usage } from '../../contract/index.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** The figures of Responses. */
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

/** A place in a text that a source stands for. */
export interface Annotation {
  readonly type?: string
  readonly [field: string]: unknown
}

/** One item of what a model has put out. */
export interface OutputItem {
  readonly type?: string
  readonly content?: readonly Part[] | null
  readonly summary?: readonly Part[] | null
  readonly call_id?: string
  readonly name?: string
  readonly arguments?: string
}

/** A response as far as a chat has a place for it. */
export interface ResponsesAnswer {
  readonly id?: string
  readonly model?: string
  readonly created_at?: number
  readonly output?: readonly OutputItem[]
  readonly incomplete_details?: { readonly reason?: string } | null
  readonly usage?: ResponsesUsage | null
  readonly error?: unknown
}

/** A response as a `chat.completion`; undefined where it is none. */
export function completionOfResponse(answer: unknown): Partial<Completion> | undefined {
  const { id, model, created_at, output, incomplete_details, usage } = (answer ?? {}) as ResponsesAnswer
  if (!Array.isArray(output)) return undefined
  const total = usageOf(usage)
  const message = messageOf(output as readonly OutputItem[])
  const finish_reason = finishOf(incomplete_details?.reason, message.tool_calls !== undefined)
  return {
    ...(id === undefined ? {} : { id }),
    object: 'chat.completion',
    created: Math.floor(created_at ?? unixSeconds()),
    ...(model === undefined ? {} : { model }),
    choices: [{ index: 0, message, finish_reason }],
    ...(total ? { usage: total } : {}),
  }
}

/** Items of other kinds, such as those of the service's own searches, are left out. */
function messageOf(items: readonly OutputItem[]): Message {
  const parts = items.filter(({ type }) => type === 'message').flatMap(({ content }) => content ?? [])
  const thoughts = items.filter(({ type }) => type === 'reasoning')
  const text = textsOf(parts.filter(({ type }) => type === 'output_text'))
  const refusal = parts.map(part => part.refusal ?? '').join('')
  const reasoning = thoughts.map(({ summary, content }) => textsOf(content ?? summary ?? [])).join('')
  const calls = items.filter(({ type }) => type === 'function_call').map(toolCallOf)
  const annotations = parts.flatMap(part => part.annotations ?? []).map(annotationOf)
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    ...(refusal ? { refusal } : {}),
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(annotations.length > 0 ? { annotations } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function textsOf(parts: readonly Part[]): string {
  return parts.map(({ text }) => text ?? '').join('')
}

function toolCallOf({ call_id: id, name = '', arguments: args = '' }: OutputItem): ToolCall {
  return { ...(id === undefined ? {} : { id }), type: 'function', function: { name, arguments: args } }
}

/** Chats have what an annotation says under its type. */
export function annotationOf({ type = '', ...said }: Annotation): object {
  return { type, [type]: said }
}

/** Why a choice ended, in chat completions' words; `reason` is why it is not complete. */
export function finishOf(reason: string | undefined, called: boolean): string {
  if (reason === 'content_filter') return reason
  if (reason !== undefined) return 'length'
  return called ? 'tool_calls' : 'stop'
}

/** The bill in chat completions' terms; undefined where there is none. */
export function usageOf(usage: ResponsesUsage | null | undefined): Usage | undefined {
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
