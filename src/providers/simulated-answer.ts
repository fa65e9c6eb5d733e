import { randomUUID } from 'node:crypto'
import type { ChatRequest, FinishReason, Message, Usage } from '../contract/index.ts'

/** What a simulated model says: the same in every choice. */
export interface SimulatedAnswer {
  readonly words: readonly string[]
  readonly choices: number
  readonly finish: FinishReason
}

/** Cuts a text to what the request allows. A word, with the space behind it, counts as one token. */
export function answerWith(text: string, request: ChatRequest): SimulatedAnswer {
  const words = text.match(/^\s+|\S+\s*/g) ?? []
  const most = request.max_completion_tokens ?? request.max_tokens ?? Infinity
  return {
    words: words.slice(0, most),
    choices: request.n ?? 1,
    finish: words.length > most ? 'length' : 'stop',
  }
}

/** The answer as a whole `chat.completion`, printed. */
export function printWhole(answer: SimulatedAnswer, request: ChatRequest): string {
  const message = { role: 'assistant', content: answer.words.join('') }
  const choices = Array.from({ length: answer.choices }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: answer.finish,
  }))
  return JSON.stringify({ ...headOf(request, 'chat.completion'), choices, usage: usageOf(answer, request) })
}

/** The answer as the events of a stream, printed: a part for each word, the role with the first, the end with the last. */
export function printParts(answer: SimulatedAnswer, request: ChatRequest): string[] {
  const head = headOf(request, 'chat.completion.chunk')
  const event = (fields: object) => `data: ${JSON.stringify({ ...head, ...fields })}\n\n`
  const inEach = (delta: object, finish: FinishReason = null) =>
    Array.from({ length: answer.choices }, (_, index) =>
      event({ choices: [{ index, delta, finish_reason: finish }] }),
    ).join('')
  const role = inEach({ role: 'assistant', content: '' })
  const usage = asksForUsage(request) ? event({ choices: [], usage: usageOf(answer, request) }) : ''
  const end = `${inEach({}, answer.finish)}${usage}data: [DONE]\n\n`
  const parts = answer.words.length > 0 ? answer.words.map(content => inEach({ content })) : ['']
  return parts.map((part, at) => `${at === 0 ? role : ''}${part}${at === parts.length - 1 ? end : ''}`)
}

/** The text of the last user message, on one line. */
export function questionOf({ messages }: ChatRequest): string {
  const last = messages.findLast(message => message.role === 'user')
  return last ? textOf(last).replace(/\s+/g, ' ').trim() : ''
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content
  return content?.map(part => part.text ?? '').join(' ') ?? ''
}

function headOf(request: ChatRequest, object: string): object {
  return {
    id: `chatcmpl-${randomUUID()}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
  }
}

function usageOf(answer: SimulatedAnswer, request: ChatRequest): Usage {
  const asked = request.messages.map(textOf).join(' ').match(/\S+/g)?.length ?? 0
  const said = answer.words.length * answer.choices
  return { prompt_tokens: asked, completion_tokens: said, total_tokens: asked + said }
}

function asksForUsage(request: ChatRequest): boolean {
  const options = request['stream_options'] as { include_usage?: unknown } | null | undefined
  return options?.include_usage === true
}
