import { randomUUID } from 'node:crypto'
import type {
  Choice,
  Chunk,
  ChunkChoice,
  Completion,
  Delta,
  Message,
  ToolCall,
  Usage,
} from '../contract/index.ts'
import { unixSeconds } from '../time/unix-seconds.ts'

/** The text of a message: its string content, or its text parts joined. */
export function textOf(message: Message | undefined): string {
  const content = message?.content
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return (content as readonly { text?: string }[]).map(part => part.text ?? '').join('')
}

/** A new id in the format of OpenAI's own completions. */
export function newCompletionId(): string {
  return `chatcmpl-${randomUUID().replaceAll('-', '')}`
}

/** A completion made from messages, one choice each. */
export function completionOf(messages: readonly Message[], model: string): Completion {
  return {
    id: newCompletionId(),
    object: 'chat.completion',
    created: unixSeconds(),
    model,
    choices: messages.map((message, index) => ({
      index,
      message,
      finish_reason: message.tool_calls?.length ? 'tool_calls' : 'stop',
    })),
  }
}

/** A completion as the chunks of a stream: for each choice one with the message and one with its end, then one for usage. */
export function* chunksOf(completion: Completion): Generator<Chunk> {
  const { usage, choices, object: _object, ...rest } = completion
  const head = { ...rest, object: 'chat.completion.chunk' }
  for (const { index, message, finish_reason, ...extra } of choices) {
    yield { ...head, choices: [{ index, delta: deltaOf(message), finish_reason: null, ...extra }] }
    yield { ...head, choices: [{ index, delta: {}, finish_reason }] }
  }
  if (usage) yield { ...head, choices: [], usage }
}

function deltaOf(message: Message): Delta {
  const { content, tool_calls, ...rest } = message
  const text = typeof content === 'string' || content == null ? content : textOf(message)
  return {
    ...rest,
    ...(content === undefined ? {} : { content: text ?? null }),
    ...(tool_calls ? { tool_calls: tool_calls.map((call, index) => ({ index, ...call })) } : {}),
  }
}

/** Assembles a stream into a completion: joins texts, merges tool calls by index, keeps the last usage. */
export async function collect(chunks: AsyncIterator<Chunk>): Promise<Completion> {
  let head: Chunk | undefined
  let usage: Usage | undefined
  const choices: (CollectedChoice | undefined)[] = []
  for (let step = await chunks.next(); !step.done; step = await chunks.next()) {
    head ??= step.value
    usage = step.value.usage ?? usage
    for (const part of step.value.choices) addPart((choices[part.index] ??= newChoice(part.index)), part)
  }
  const { choices: _choices, usage: _usage, ...rest } = head ?? emptyHead()
  return {
    ...rest,
    object: 'chat.completion',
    choices: choices.filter(choice => choice !== undefined).map(choiceFrom),
    ...(usage ? { usage } : {}),
  }
}

interface CollectedChoice {
  index: number
  message: Record<string, unknown> & { role: string }
  calls: MutableToolCall[]
  finish_reason: string | null
  extra: Record<string, unknown>
}

type MutableToolCall = Record<string, unknown> & { function?: Record<string, unknown> }

function newChoice(index: number): CollectedChoice {
  return { index, message: { role: 'assistant', content: null }, calls: [], finish_reason: null, extra: {} }
}

function emptyHead(): Chunk {
  return { id: newCompletionId(), object: '', created: unixSeconds(), model: '', choices: [] }
}

function addPart(choice: CollectedChoice, part: ChunkChoice): void {
  const { index: _index, delta, finish_reason, ...extra } = part
  if (finish_reason != null) choice.finish_reason = finish_reason
  addExtra(choice.extra, extra)
  for (const [field, value] of Object.entries(delta ?? {})) {
    if (field === 'tool_calls') addCalls(choice.calls, value as readonly (ToolCall & { index?: number })[])
    else choice.message[field] = join(choice.message[field], value, field)
  }
}

/** Texts and lists grow; roles and objects are replaced by later values. */
function join(before: unknown, next: unknown, field: string): unknown {
  if (next == null) return before ?? next
  if (field === 'role') return next
  if (typeof before === 'string' && typeof next === 'string') return before + next
  if (Array.isArray(before) && Array.isArray(next)) return [...(before as unknown[]), ...(next as unknown[])]
  return next
}

function addCalls(calls: MutableToolCall[], parts: readonly (ToolCall & { index?: number })[] | null): void {
  for (const { index, function: called, ...rest } of parts ?? []) {
    const call = (calls[index ?? calls.length] ??= {})
    Object.assign(call, rest)
    const before = call.function ?? {}
    call.function = {
      ...before,
      ...(called?.name === undefined
        ? {}
        : { name: `${(before['name'] as string | undefined) ?? ''}${called.name}` }),
      arguments: `${(before['arguments'] as string | undefined) ?? ''}${called?.arguments ?? ''}`,
    }
  }
}

/** Log probabilities arrive in pieces, so their lists are joined. */
function addExtra(extra: Record<string, unknown>, part: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(part)) {
    if (value == null) continue
    const before = extra[field] as Record<string, unknown> | undefined
    if (field !== 'logprobs' || !before) {
      extra[field] = field === 'logprobs' ? { ...value } : value
      continue
    }
    for (const [list, items] of Object.entries(value as Record<string, unknown>)) {
      before[list] =
        Array.isArray(before[list]) && Array.isArray(items)
          ? [...(before[list] as unknown[]), ...(items as unknown[])]
          : items
    }
  }
}

function choiceFrom({ index, message, calls, finish_reason, extra }: CollectedChoice): Choice {
  const tools = calls.filter(call => call !== undefined)
  return {
    index,
    message: tools.length > 0 ? { ...message, tool_calls: tools } : message,
    finish_reason,
    ...extra,
  }
}
