import type { Completion, Message, ToolCall, Usage } from '../../contract/index.ts'
import type { Block } from './content-from-chat.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** The figures of Messages, each of which grows in a stream. */
export interface MessagesUsage {
  readonly input_tokens?: number | null
  readonly output_tokens?: number | null
  readonly cache_creation_input_tokens?: number | null
  readonly cache_read_input_tokens?: number | null
  readonly output_tokens_details?: { readonly thinking_tokens?: number } | null
}

interface MessagesAnswer {
  readonly id?: string
  readonly model?: string
  readonly content?: readonly Block[]
  readonly stop_reason?: string | null
  readonly usage?: MessagesUsage
}

/** An answer of Messages as a `chat.completion`; undefined where it is none. */
export function completionOfMessage(answer: unknown): Partial<Completion> | undefined {
  const { id, model, content, stop_reason, usage } = (answer ?? {}) as MessagesAnswer
  if (!Array.isArray(content)) return undefined
  const total = usageOf(usage)
  return {
    ...(id === undefined ? {} : { id }),
    object: 'chat.completion',
    created: unixSeconds(),
    ...(model === undefined ? {} : { model }),
    choices: [
      { index: 0, message: messageOf(content as readonly Block[]), finish_reason: finishOf(stop_reason) },
    ],
    ...(total ? { usage: total } : {}),
  }
}

/** Blocks of other kinds, such as those of the service's own search, are left out. */
function messageOf(blocks: readonly Block[]): Message {
  const thinking = blocks.filter(({ type }) => type === 'thinking' || type === 'redacted_thinking')
  const reasoning = joined(thinking, 'thinking')
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(toolCallOf)
  const text = joined(
    blocks.filter(({ type }) => type === 'text'),
    'text',
  )
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(thinking.length > 0 ? { thinking_blocks: thinking } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function joined(blocks: readonly Block[], field: string): string {
  return blocks.map(block => (typeof block[field] === 'string' ? block[field] : '')).join('')
}

function toolCallOf({ id, name, input }: Block): ToolCall {
  const called = { name: name as string, arguments: JSON.stringify(input ?? {}) }
  return { id: id as string, type: 'function', function: called }
}

const finishes: Readonly<Record<string, string>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
  tool_use: 'tool_calls',
}

/** Why a choice ended, in chat completions' words. */
export function finishOf(stopReason: string | null | undefined): string {
  return finishes[stopReason ?? ''] ?? 'stop'
}

/** The bill in chat completions' terms, where cached tokens are part of the prompt; undefined where there is none. */
export function usageOf(usage: MessagesUsage | null | undefined): Usage | undefined {
  if (typeof usage?.input_tokens !== 'number' || typeof usage.output_tokens !== 'number') return undefined
  const read = usage.cache_read_input_tokens ?? 0
  const written = usage.cache_creation_input_tokens ?? 0
  const thought = usage.output_tokens_details?.thinking_tokens
  const prompt_tokens = usage.input_tokens + read + written
  return {
    prompt_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: prompt_tokens + usage.output_tokens,
    prompt_tokens_details: {
      cached_tokens: read,
      ...(written > 0 ? { cache_creation_tokens: written } : {}),
    },
    ...(thought === undefined ? {} : { completion_tokens_details: { reasoning_tokens: thought } }),
  }
}
