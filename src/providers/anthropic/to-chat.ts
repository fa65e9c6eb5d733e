import type { Completion, Message, ToolCall, Usage } from '../../contract/index.ts'
import { citationsIn } from '../../chat/notes/cited-texts.ts'
import type { CitedText } from '../../chat/notes/cited-texts.ts'
import { ownFingerprint } from '../../chat/completion.ts'
import { fieldsOf } from '../../chat/read/fields.ts'
import type { Fields } from '../../chat/read/fields.ts'
import type { Block } from './content-from-chat.ts'
import { blocksOf, readMessage } from './read-message.ts'
import { pauseReason } from './pauses/paused-turn.ts'
import { withPlace } from './thinking-places.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** The usage of Messages; each figure grows during a stream. */
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

/**
 * Converts an answer of Messages to a `chat.completion`; undefined if it is not an answer. Throws `UnreadableAnswer` if a part
 * of it would be lost.
 */
export function toChatCompletion(answer: unknown): Partial<Completion> | undefined {
  if (!blocksOf(fieldsOf(answer)?.['content'])) return undefined
  const { id, model, content = [], stop_reason, usage } = readMessage(answer, '') as MessagesAnswer
  const total = toChatUsage(usage)
  return {
    ...(id === undefined ? {} : { id }),
    object: 'chat.completion',
    created: unixSeconds(),
    ...(model === undefined ? {} : { model }),
    system_fingerprint: ownFingerprint,
    choices: [
      {
        index: 0,
        message: toChatMessage(content),
        finish_reason: toFinishReason(stop_reason),
      },
    ],
    ...(total ? { usage: total } : {}),
  }
}

/** Converts blocks to a message. Those of other types, such as those of the service's own search, are dropped. */
function toChatMessage(blocks: readonly Block[]): Message {
  const thinking = placedThinking(blocks)
  const reasoning = joinField(thinking, 'thinking')
  const calls = blocks.filter(({ type }) => type === 'tool_use').map(toToolCall)
  const text = joinField(
    blocks.filter(({ type }) => type === 'text'),
    'text',
  )
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...citedFields(citedTexts(blocks)),
    ...(reasoning ? { reasoning_content: reasoning } : {}),
    ...(thinking.length > 0 ? { thinking_blocks: thinking } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

/** The blocks of thinking, each with its place between the text and the calls. */
function placedThinking(blocks: readonly Block[]): Block[] {
  const thinking: Block[] = []
  const place = { text: 0, calls: 0 }
  for (const block of blocks) {
    if (block.type === 'text') place.text += joinField([block], 'text').length
    else if (block.type === 'tool_use') place.calls++
    else if (block.type === 'thinking' || block.type === 'redacted_thinking')
      thinking.push(withPlace(block, { ...place }))
  }
  return thinking
}

function citedTexts(blocks: readonly Block[]): CitedText[] {
  const cited: CitedText[] = []
  let start = 0
  for (const block of blocks.filter(({ type }) => type === 'text')) {
    const end = start + joinField([block], 'text').length
    const citations = citationsIn(block)
    if (citations.length > 0) cited.push({ start, end, citations })
    start = end
  }
  return cited
}

/** The fields of a message for texts with citations: as Anthropic has them, and links of a search as OpenAI has them. */
export function citedFields(cited: readonly CitedText[]): Fields {
  if (cited.length === 0) return {}
  const annotations = cited.flatMap(({ start, end, citations }) =>
    citations.flatMap(({ url, title }) => {
      if (typeof url !== 'string') return []
      const named = typeof title === 'string' ? title : url
      return [
        { type: 'url_citation', url_citation: { url, title: named, start_index: start, end_index: end } },
      ]
    }),
  )
  return { cited_texts: cited, ...(annotations.length > 0 ? { annotations } : {}) }
}

function joinField(blocks: readonly Block[], field: string): string {
  return blocks.map(block => (typeof block[field] === 'string' ? block[field] : '')).join('')
}

function toToolCall({ id, name, input }: Block): ToolCall {
  const called = { name: name as string, arguments: JSON.stringify(input ?? {}) }
  return { id: id as string, type: 'function', function: called }
}

const finishReasons: ReadonlyMap<string, string> = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  // The service has stopped its own tools: the answer is not complete, and a client of chats cannot continue it.
  [pauseReason, 'length'],
  ['refusal', 'content_filter'],
  ['tool_use', 'tool_calls'],
])

/** Converts the reason why a message ended to that of chat completions. */
export function toFinishReason(stopReason: string | null | undefined): string {
  return finishReasons.get(stopReason ?? '') ?? 'stop'
}

/**
 * Converts usage to that of chat completions, in which cached tokens are part of the prompt; undefined without
 * usage.
 */
export function toChatUsage(usage: MessagesUsage | null | undefined): Usage | undefined {
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
