import { randomUUID } from 'node:crypto'
import type { ChatRequest, FinishReason, Message, Usage } from '../../contract/index.ts'
import { doneFrame, frame } from '../../text/sse.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { wantsStreamUsage } from '../stream-usage.ts'

/** One choice of a simulated model. */
export interface SimulatedChoice {
  readonly words: readonly string[]
  readonly finish: FinishReason
}

/**
 * Makes a choice of a text, cut to the length that the request allows. A word with the space after it counts as one
 * token.
 */
export function createChoice(text: string, request: ChatRequest): SimulatedChoice {
  const words = text.match(/^\s+|\S+\s*/g) ?? []
  const maxWords = request.max_completion_tokens ?? request.max_tokens ?? Infinity
  return { words: words.slice(0, maxWords), finish: words.length > maxWords ? 'length' : 'stop' }
}

/** Renders the choices as a complete `chat.completion`. */
export function renderCompletion(choices: readonly SimulatedChoice[], request: ChatRequest): string {
  const rendered = choices.map(({ words, finish }, index) => ({
    index,
    message: { role: 'assistant', content: words.join('') },
    logprobs: null,
    finish_reason: finish,
  }))
  const usage = usageOf(choices, request)
  return JSON.stringify({ ...headOf(request, 'chat.completion'), choices: rendered, usage })
}

/**
 * Renders the choices as the parts of a stream: one for each word, with the role in the first and the end in the
 * last.
 */
export function renderParts(choices: readonly SimulatedChoice[], request: ChatRequest): string[] {
  const head = headOf(request, 'chat.completion.chunk')
  const event = (fields: object) => frame(JSON.stringify({ ...head, ...fields }))
  const delta = (index: number, delta: object, finish: FinishReason = null) =>
    event({ choices: [{ index, delta, finish_reason: finish }] })

  const roles = choices.map((_, index) => delta(index, { role: 'assistant', content: '' })).join('')
  const ends = choices.map(({ finish }, index) => delta(index, {}, finish)).join('')
  const usage = wantsStreamUsage(request) ? event({ choices: [], usage: usageOf(choices, request) }) : ''
  const parts = Array.from({ length: Math.max(maxWordsOf(choices), 1) }, (_, position) =>
    choices
      .map(({ words: { [position]: content } }, index) => (content ? delta(index, { content }) : ''))
      .join(''),
  )
  const last = parts.length - 1
  return parts.map(
    (part, at) => `${at === 0 ? roles : ''}${part}${at === last ? `${ends}${usage}${doneFrame}` : ''}`,
  )
}

/** The number of words of the longest choice. */
export function maxWordsOf(choices: readonly SimulatedChoice[]): number {
  return Math.max(...choices.map(({ words }) => words.length))
}

/** The text of the last user message, on one line. */
export function questionOf({ messages }: ChatRequest): string {
  const last = messages.findLast(message => message.role === 'user')
  return last ? textOf(last).replace(/\s+/g, ' ').trim() : ''
}

/** The text of a message, with its line breaks. */
export function textOf({ content }: Message): string {
  if (typeof content === 'string') return content
  return content?.map(part => part.text ?? '').join(' ') ?? ''
}

function headOf(request: ChatRequest, object: string): object {
  return {
    id: `chatcmpl-${randomUUID()}`,
    object,
    created: unixSeconds(),
    model: request.model,
  }
}

function usageOf(choices: readonly SimulatedChoice[], request: ChatRequest): Usage {
  const promptTokens = request.messages.map(textOf).join(' ').match(/\S+/g)?.length ?? 0
  const completionTokens = choices.reduce((sum, { words }) => sum + words.length, 0)
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}
