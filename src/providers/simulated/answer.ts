import { randomUUID } from 'node:crypto'
import type { ChatRequest, FinishReason, Message, Usage } from '../../contract/index.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/** What a simulated model says in one choice. */
export interface SimulatedChoice {
  readonly words: readonly string[]
  readonly finish: FinishReason
}

/** Cuts a text to what the request allows. A word, with the space behind it, counts as one token. */
export function choiceOf(text: string, request: ChatRequest): SimulatedChoice {
  const words = text.match(/^\s+|\S+\s*/g) ?? []
  const most = request.max_completion_tokens ?? request.max_tokens ?? Infinity
  return { words: words.slice(0, most), finish: words.length > most ? 'length' : 'stop' }
}

/** The choices as a whole `chat.completion`, printed. */
export function printWhole(choices: readonly SimulatedChoice[], request: ChatRequest): string {
  const printed = choices.map(({ words, finish }, index) => ({
    index,
    message: { role: 'assistant', content: words.join('') },
    logprobs: null,
    finish_reason: finish,
  }))
  const usage = usageOf(choices, request)
  return JSON.stringify({ ...headOf(request, 'chat.completion'), choices: printed, usage })
}

/** The choices as the events of a stream, printed: a part for each word, the role with the first, the end with the last. */
export function printParts(choices: readonly SimulatedChoice[], request: ChatRequest): string[] {
  const head = headOf(request, 'chat.completion.chunk')
  const event = (fields: object) => `data: ${JSON.stringify({ ...head, ...fields })}\n\n`
  const delta = (index: number, delta: object, finish: FinishReason = null) =>
    event({ choices: [{ index, delta, finish_reason: finish }] })

  const roles = choices.map((_, index) => delta(index, { role: 'assistant', content: '' })).join('')
  const ends = choices.map(({ finish }, index) => delta(index, {}, finish)).join('')
  const usage = asksForUsage(request) ? event({ choices: [], usage: usageOf(choices, request) }) : ''
  const parts = Array.from({ length: Math.max(longest(choices), 1) }, (_, place) =>
    choices
      .map(({ words: { [place]: content } }, index) => (content ? delta(index, { content }) : ''))
      .join(''),
  )
  const last = parts.length - 1
  return parts.map(
    (part, at) => `${at === 0 ? roles : ''}${part}${at === last ? `${ends}${usage}data: [DONE]\n\n` : ''}`,
  )
}

/** Words of the longest choice. */
export function longest(choices: readonly SimulatedChoice[]): number {
  return Math.max(...choices.map(({ words }) => words.length))
}

/** The text of the last user message, on one line. */
export function questionOf({ messages }: ChatRequest): string {
  const last = messages.findLast(message => message.role === 'user')
  return last ? textOf(last).replace(/\s+/g, ' ').trim() : ''
}

/** The text of a message, on as many lines as it has. */
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
  const asked = request.messages.map(textOf).join(' ').match(/\S+/g)?.length ?? 0
  const said = choices.reduce((sum, { words }) => sum + words.length, 0)
  return { prompt_tokens: asked, completion_tokens: said, total_tokens: asked + said }
}

function asksForUsage(request: ChatRequest): boolean {
  const options = request['stream_options'] as { include_usage?: unknown } | null | undefined
  return options?.include_usage === true
}
