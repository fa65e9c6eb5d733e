import { randomUUID } from 'node:crypto'
import type { ChatRequest, FinishReason, Message, Usage } from '../../contract/index.ts'
import { doneFrame, frame } from '../../text/sse.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'
import { wantsStreamUsage } from '../stream-usage.ts'
import type { WordLogprob } from './confidence.ts'
import type { Thoughtful } from './thoughts.ts'

/** One choice of a simulated model. */
export interface SimulatedChoice {
  /** Words of thinking beside the text. */
  readonly reasoning: readonly string[]
  /** Whether that thinking is counted, but not shown. */
  readonly isHidden: boolean
  readonly words: readonly string[]
  readonly finish: FinishReason
  /** One for each word; absent unless they are requested and known. */
  readonly logprobs?: readonly WordLogprob[] | undefined
}

/**
 * Makes a choice of an answer, cut to the length that the request allows, or in the middle if it `breaksOff`. A word with the
 * space after it counts as one token, and thoughts count, too.
 */
export function createChoice(answer: Thoughtful, request: ChatRequest, breaksOff = false): SimulatedChoice {
  const thoughts = wordsOf(answer.reasoning)
  const words = wordsOf(answer.text)
  const allowed = request.max_completion_tokens ?? request.max_tokens ?? Infinity
  const reasoning = thoughts.slice(0, allowed)
  const room = Math.min(allowed - reasoning.length, breaksOff ? Math.floor(words.length / 2) : Infinity)
  const isCut = reasoning.length < thoughts.length || words.length > room
  return {
    reasoning,
    isHidden: answer.isHidden,
    words: words.slice(0, room),
    finish: isCut ? 'length' : 'stop',
  }
}

function wordsOf(text: string): readonly string[] {
  return text.match(/^\s+|\S+\s*/g) ?? []
}

/** Renders the choices as a complete `chat.completion`. */
export function renderCompletion(choices: readonly SimulatedChoice[], request: ChatRequest): string {
  const rendered = choices.map(({ words, reasoning, isHidden, finish, logprobs }, index) => ({
    index,
    message: {
      role: 'assistant',
      content: words.join(''),
      ...(isHidden || reasoning.length === 0 ? {} : { reasoning_content: reasoning.join('') }),
    },
    logprobs: logprobs ? { content: logprobs } : null,
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
  const delta = (index: number, delta: object, finish: FinishReason = null, logprob?: WordLogprob) =>
    event({
      choices: [
        { index, delta, finish_reason: finish, ...(logprob && { logprobs: { content: [logprob] } }) },
      ],
    })
  const part = (choice: SimulatedChoice, index: number, position: number): string => {
    const shown = choice.isHidden ? [] : choice.reasoning
    const thought = shown[position]
    if (thought !== undefined) return delta(index, { reasoning_content: thought })
    const at = position - shown.length
    const content = choice.words[at]
    return content ? delta(index, { content }, null, choice.logprobs?.[at]) : ''
  }

  const roles = choices.map((_, index) => delta(index, { role: 'assistant', content: '' })).join('')
  const ends = choices.map(({ finish }, index) => delta(index, {}, finish)).join('')
  const usage = wantsStreamUsage(request) ? event({ choices: [], usage: usageOf(choices, request) }) : ''
  const parts = Array.from({ length: Math.max(maxWordsOf(choices), 1) }, (_, position) =>
    choices.map((choice, index) => part(choice, index, position)).join(''),
  )
  const last = parts.length - 1
  return parts.map(
    (part, at) => `${at === 0 ? roles : ''}${part}${at === last ? `${ends}${usage}${doneFrame}` : ''}`,
  )
}

/** The number of words of the longest choice, with those of its thinking. */
export function maxWordsOf(choices: readonly SimulatedChoice[]): number {
  return Math.max(...choices.map(({ words, reasoning }) => words.length + reasoning.length))
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
  const reasoningTokens = choices.reduce((sum, { reasoning }) => sum + reasoning.length, 0)
  const completionTokens = choices.reduce((sum, { words }) => sum + words.length, reasoningTokens)
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(reasoningTokens > 0 && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  }
}
