import type { FinishReason, Usage } from '../../contract/index.ts'
import { newCompletionId } from '../../chat/completion.ts'
import { dataIn } from '../../chat/images/data-url.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import type { Block } from '../block.ts'
import type { AnswerFacts, ChunkHead } from '../dialect.ts'
import type { Annotations } from './annotations.ts'
import type { ResponsesBody } from './schema.ts'
import { callOf, callPrefix } from './tools/calls.ts'
import type { Tools } from './tools/tools.ts'

/** The status of a response. */
export type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed'

/** Fields that a response repeats as they were sent. Some clients refuse a response without them, even if they are null. */
const repeated = [
  'frequency_penalty',
  'max_tool_calls',
  'presence_penalty',
  'prompt_cache_key',
  'safety_identifier',
  'service_tier',
  'user',
] as const

/** The fields of a response that repeat its request. */
export function settingsOf(body: ResponsesBody, answer?: AnswerFacts): Record<string, unknown> {
  return {
    ...Object.fromEntries(repeated.map(field => [field, body[field] ?? null])),
    background: false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    metadata: body.metadata ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: answer?.previous ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: null },
    store: (answer?.kept ?? true) && (body.store ?? true),
    temperature: body.temperature ?? null,
    text: { ...body.text, format: body.text?.format ?? { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? null,
    truncation: 'disabled',
  }
}

/** The part of a completion's id that the ids derived from it share. */
export function stemOf(id: string): string {
  return (id || newCompletionId()).replace(/^chatcmpl-/, '')
}

/** The fields of a response that do not repeat its request; `error` and `usage` are filled in later. */
export function responseOf(
  stem: string,
  { created, model }: Pick<ChunkHead, 'created' | 'model'>,
  status: Status,
  output: readonly unknown[],
) {
  return {
    id: `resp_${stem}`,
    object: 'response',
    created_at: created,
    completed_at: status === 'completed' ? Math.max(created, unixSeconds()) : null,
    status,
    error: null,
    incomplete_details: null,
    model,
    output,
    usage: null,
  }
}

/** The status of an answer that has ended, and the reason if it is incomplete. */
export function endOf(finish: FinishReason | undefined): {
  readonly status: 'completed' | 'incomplete'
  readonly incomplete_details: { readonly reason: string } | null
} {
  if (finish === 'length')
    return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  if (finish === 'content_filter')
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
  return { status: 'completed', incomplete_details: null }
}

/** Usage under the names of the Responses API. */
export function usageOf(usage: Usage | null | undefined) {
  if (!usage) return null
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details?.['cached_tokens'] ?? 0 },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.['reasoning_tokens'] ?? 0 },
    total_tokens: usage.total_tokens,
  }
}

/** The facts besides its blocks that the items of an answer are made from. */
export interface Origin {
  /** The part that the ids of the answer share. */
  readonly stem: string
  /** The tools of the request, by which a call gets its own type and name back. */
  readonly tools: Tools
  readonly annotations: Annotations
}

const prefixes = { thinking: 'rs', redacted: 'rs', text: 'msg', refusal: 'msg', image: 'ig' }

/** The id of the item that a block becomes. */
export function itemId({ stem, tools }: Origin, { kind, index, name }: Block): string {
  return `${kind === 'tool' ? callPrefix(tools.declared(name)) : prefixes[kind]}_${stem}_${index}`
}

/** A block as an item of the output. */
export function itemOf(origin: Origin, block: Block, status: 'in_progress' | 'completed' | 'incomplete') {
  const id = itemId(origin, block)
  if (block.kind === 'tool') {
    // Clients append the pieces that follow to the arguments that an item begins with.
    const call = status === 'in_progress' ? { id: block.id, text: '' } : block
    return { id, ...callOf(origin.tools.declared(block.name), call, status) }
  }
  if (block.kind === 'image') return { id, type: 'image_generation_call', ...imageOf(block, status) }
  const isEmpty = status === 'in_progress' || (block.kind === 'thinking' && block.text === '')
  const parts = isEmpty ? [] : [partOf(origin, block, block.text)]
  const sealed = status === 'in_progress' ? '' : block.signature
  if (block.kind === 'thinking')
    return { id, type: 'reasoning', summary: parts, ...(sealed && { encrypted_content: sealed }) }
  return { id, type: 'message', status, role: 'assistant', content: parts }
}

function imageOf({ text }: Block, status: string) {
  if (status === 'in_progress') return { status, result: null }
  const { mediaType = '', data = '' } = dataIn(text) ?? {}
  return { status: 'completed', output_format: mediaType.replace(/^image\//, '') || 'png', result: data }
}

/** The part that a block of text or thinking becomes inside its item. */
export function partOf({ annotations }: Origin, block: Block, text: string) {
  const { kind } = block
  if (kind === 'thinking') return { type: 'summary_text', text }
  return kind === 'refusal'
    ? { type: 'refusal', refusal: text }
    : { type: 'output_text', text, annotations: annotations.of(block), logprobs: [] }
}

/** The items of an answer that has ended; the last one has the answer's status. */
export function outputOf(origin: Origin, blocks: readonly Block[], status: 'completed' | 'incomplete') {
  const last = blocks.at(-1)
  return blocks.map(block => itemOf(origin, block, block === last ? status : 'completed'))
}
