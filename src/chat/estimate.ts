import type { ChatRequest, ChunkChoice, Delta, Message, ToolCall, Usage } from '../contract/index.ts'
import { textOf } from './completion.ts'

/** Average number of characters in a token of English text, with the common tokenizers. */
export const charactersPerToken = 4

/** Characters that a model has written in a message, or a part of one: text, thoughts, refusals and tool calls. */
export function charactersOf(message: Message | Delta): number {
  const { content, tool_calls: calls, reasoning_content: thoughts, reasoning, refusal } = message
  let sum = typeof content === 'string' ? content.length : 0
  if (Array.isArray(content)) sum += textOf(message as Message).length
  sum += lengthOf(thoughts) || lengthOf(reasoning)
  if (refusal != null) sum += lengthOf(refusal)
  for (const call of calls ?? []) sum += lengthOfCall(call)
  return sum
}

/** The role of a delta, and the fields that `charactersOf` counts. */
const counted: ReadonlySet<string> = new Set([
  'role',
  'content',
  'reasoning_content',
  'reasoning',
  'refusal',
  'tool_calls',
])

/**
 * The characters of a piece that `charactersOf` leaves out, such as those of images, sealed thoughts and log probabilities:
 * readers keep them, too.
 */
export function charactersBeside({ delta, logprobs }: ChunkChoice): number {
  let sum = lengthOfValue(logprobs)
  for (const field in delta) if (!counted.has(field)) sum += lengthOfValue(delta[field])
  return sum
}

function lengthOfValue(value: unknown): number {
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length : lengthOf(value)
}

function lengthOfCall({ function: called, custom }: ToolCall): number {
  if (called) return lengthOf(called.name) + lengthOf(called.arguments)
  const { name, input } = (custom ?? {}) as { readonly name?: unknown; readonly input?: unknown }
  return lengthOf(name) + lengthOf(input)
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

/** Runs of Chinese, Japanese and Korean characters, with their punctuation. */
const wide = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+/g
/** The weight of one of them in characters of English: about a token, of which tokenizers make 0.65 to 1.6. */
const wideWeight = charactersPerToken

/** The length of a text in characters of English that make about as many tokens. */
export function weightedLength(text: string): number {
  const narrow = text.replace(wide, '').length
  return narrow + (text.length - narrow) * wideWeight
}

/** A rough usage, marked as estimated, for answers that report none. */
export function estimateUsage(request: ChatRequest, completionCharacters: number): Usage {
  let promptCharacters = 0
  for (const message of request.messages) promptCharacters += weightedLength(textOf(message))
  const prompt_tokens = Math.ceil(promptCharacters / charactersPerToken)
  const completion_tokens = Math.ceil(completionCharacters / charactersPerToken)
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    estimated: true,
  }
}

/** More characters than tokens of ordinary text, code included, have on average with any common tokenizer. */
const mostCharactersPerToken = 6

/**
 * The fewest tokens that a model needs for a chat: its texts and the answer, as far as its length is demanded. Images and
 * tools are not counted, so that the estimate is hardly ever too high.
 */
export function leastTokens(request: ChatRequest): number {
  let characters = 0
  for (const message of request.messages) characters += charactersOf(message)
  const answer = request.max_completion_tokens ?? request.max_tokens ?? 0
  return Math.ceil(characters / mostCharactersPerToken) + answer
}
