import type { Completion, Message, ToolCall, Usage } from '../../contract/index.ts'
import { ownFingerprint } from '../../chat/completion.ts'
import { fieldsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import { UnreadableAnswer } from '../../chat/read/unreadable.ts'
import type { Annotation, OutputItem, Part, ResponsesAnswer, ResponsesUsage } from './answer.ts'
import { readAnswer } from './read-response.ts'
import { sealedOf } from './sealed-reasoning.ts'
import type { SealedReasoning } from './sealed-reasoning.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/**
 * Converts a response to a `chat.completion`; undefined if it is not a response. `asked`: the body of a client of this API.
 * Throws `UnreadableAnswer` if a part of it would be lost, or if it has not ended, unless that was asked for.
 */
export function toChatCompletion(answer: unknown, asked?: Fields): Partial<Completion> | undefined {
  if (!Array.isArray(fieldsOf(answer)?.['output'])) return undefined
  const read = readAnswer(answer, '') as ResponsesAnswer
  const { id, model, created_at, output = [], incomplete_details, status, usage } = read
  const total = toChatUsage(usage)
  const message = toChatMessage(output)
  if (asked?.['background'] !== true) checkEnd(status, message.content !== '')
  const finish_reason = toFinishReason(incomplete_details?.reason, message.tool_calls !== undefined)
  return {
    ...(id === undefined ? {} : { id }),
    object: 'chat.completion',
    created: Math.floor(created_at ?? unixSeconds()),
    ...(model === undefined ? {} : { model }),
    system_fingerprint: ownFingerprint,
    choices: [{ index: 0, message, finish_reason }],
    ...(total ? { usage: total } : {}),
  }
}

/**
 * Throws `UnreadableAnswer` for a response that says nothing and is neither whole nor as long as a limit allows: it may have
 * failed, or still run.
 */
export function checkEnd(status: string | undefined, says: boolean): void {
  if (!says && status !== 'completed' && status !== 'incomplete')
    throw new UnreadableAnswer('sent a response that had not come to its end')
}

/** Converts items to a message. Those of other types, such as those of the service's own searches, are dropped. */
function toChatMessage(items: readonly OutputItem[]): Message {
  const parts = items.filter(({ type }) => type === 'message').flatMap(({ content }) => content ?? [])
  const thoughts = items.filter(({ type }) => type === 'reasoning')
  const text = joinTexts(parts.filter(({ type }) => type === 'output_text'))
  const refusal = parts.map(part => part.refusal ?? '').join('')
  const reasoning = thoughts.map(({ summary, content }) => joinTexts(content ?? summary ?? [])).join('')
  const calls = items.filter(isCall).map(toToolCall)
  const sealed = sealedItems(items)
  const annotations = parts.flatMap(part => part.annotations ?? []).map(toChatAnnotation)
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    ...(refusal ? { refusal } : {}),
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(annotations.length > 0 ? { annotations } : {}),
    ...(sealed.length > 0 ? { reasoning_items: sealed } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function sealedItems(items: readonly OutputItem[]): readonly SealedReasoning[] {
  return items.flatMap((item, index) => {
    if (item.type !== 'reasoning') return []
    const before = items.slice(0, index)
    const text = before.some(({ type }) => type === 'message')
    return sealedOf(item, { text, calls: before.filter(isCall).length }) ?? []
  })
}

function joinTexts(parts: readonly Part[]): string {
  return parts.map(({ text }) => text ?? '').join('')
}

/** Whether an item calls a tool of the client. */
export function isCall({ type }: OutputItem): boolean {
  return type === 'function_call' || type === 'custom_tool_call'
}

function toToolCall({
  type,
  call_id: id,
  name = '',
  arguments: args = '',
  input = '',
}: OutputItem): ToolCall {
  const known = id === undefined ? {} : { id }
  return type === 'custom_tool_call'
    ? { ...known, type: 'custom', custom: { name, input } }
    : { ...known, type: 'function', function: { name, arguments: args } }
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
