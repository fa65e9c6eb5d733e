import type { ChatRequest, Chunk, ReplyHead } from '../../contract/index.ts'
import { charactersPerToken } from '../../chat/estimate.ts'
import { asksForText } from '../../chat/request.ts'
import { textOf } from './answer-so-far.ts'
import type { AnswerSoFar } from './answer-so-far.ts'
import { fittedChunk } from './fitting.ts'
import type { Fitting } from './fitting.ts'
import { minRepetition, Opening } from './opening.ts'
import { Seam } from './seam.ts'
import type { Successor } from './successor.ts'

type Prefill = Readonly<Record<string, unknown>>

/** Characters at the end of the text that a model is asked to repeat, about. */
const anchorLength = 48

/**
 * Asks for the rest. The repetition of the last words, which is left out again, shows where the rest begins: a model that
 * starts with the next character as a rule leaves out a space, or begins the last word again.
 */
function instructionFor(text: string): string {
  return (
    'Your message above was cut off by a lost connection. Write the rest of it. ' +
    `Begin by repeating its last words exactly, from ${JSON.stringify(anchorOf(text))} on, and go on from there. ` +
    'Add no remark about the interruption.'
  )
}

/** The last words of a text, from the beginning of a word on if it has spaces. */
function anchorOf(text: string): string {
  const end = text.trimEnd().slice(-anchorLength)
  if (end.length < anchorLength) return end
  const space = end.search(/\s/)
  return space < 0 || end.length - space <= minRepetition ? end : end.slice(space + 1)
}

/**
 * Whether a model may continue the answer: one choice of text in which nothing depends on its exact form, and long enough to
 * tell a continuation from an answer that starts over.
 */
export function canContinue(request: ChatRequest, answer: AnswerSoFar): boolean {
  const choice = answer.choices.get(0)
  return (
    (request.n ?? 1) <= 1 &&
    asksForText(request) &&
    choice !== undefined &&
    choice.content.trimEnd().length >= minRepetition &&
    choice.refusal === '' &&
    choice.finish === null &&
    !answer.hasCalls &&
    !answer.isOpaque
  )
}

/** Fields of requests that let a model think, after which it cannot continue a message. */
const thinking = ['reasoning_effort', 'reasoning', 'thinking'] as const

/** The fields of a message that a model is known to continue; undefined if it has to be asked for the rest. */
export function prefillAt(
  { provider, model }: Pick<Successor, 'provider' | 'model'>,
  request: ChatRequest,
): Prefill | undefined {
  if (thinking.some(field => request[field] != null && request[field] !== 'none')) return undefined
  return provider.kind.continues?.(provider.modelFor(model), provider.config)
}

/**
 * The request for the rest of an answer, which has the text so far as the model's own message: with `prefill` at the end,
 * which the model continues, else followed by a message that asks for the rest.
 */
export function continuationOf(request: ChatRequest, answer: AnswerSoFar, prefill?: Prefill): ChatRequest {
  const content = answer.choices.get(0)?.content ?? ''
  const repeated = prefill ? '' : anchorOf(content)
  const written = Math.ceil((content.length - repeated.length) / charactersPerToken)
  const limits = (['max_tokens', 'max_completion_tokens'] as const).flatMap(name => {
    const limit = request[name]
    return typeof limit === 'number' ? [[name, Math.max(1, limit - written)] as const] : []
  })
  const messages = [
    ...request.messages,
    { role: 'assistant', content, ...prefill },
    ...(prefill ? [] : [{ role: 'user', content: instructionFor(content) }]),
  ]
  return { ...request, ...Object.fromEntries(limits), messages }
}

/** Fits the rest of an answer to the part that was shown: its thoughts and what it repeats are left out. */
export class Continuation implements Fitting {
  readonly #head: ReplyHead
  readonly #opening: Opening
  readonly #seam: Seam

  /** `isPrefilled`: the model was given the text to continue, and not asked to repeat its end. */
  constructor(head: ReplyHead, answer: AnswerSoFar, isPrefilled = false) {
    const shown = answer.choices.get(0)?.content ?? ''
    this.#head = head
    this.#opening = new Opening(shown)
    this.#seam = new Seam(shown, isPrefilled ? '' : anchorOf(shown))
  }

  add(chunk: Chunk): ReturnType<Fitting['add']> {
    const [choice] = chunk.choices
    if (!choice) return fittedChunk(chunk, this.#head, [])
    const { delta, finish_reason: finish } = choice
    const { content, refusal, tool_calls: calls } = delta
    // A refusal to continue is not a part of the answer.
    if (textOf(refusal) !== '') return 'departed'
    const isPastSeam = finish != null || calls !== undefined
    const text = this.#beyond(textOf(content), isPastSeam)
    if (text === undefined) return 'departed'
    if (text === '' && !isPastSeam) return fittedChunk(chunk, this.#head, [])
    const rest = { ...(text === '' ? {} : { content: text }), ...(calls ? { tool_calls: calls } : {}) }
    return fittedChunk(chunk, this.#head, [{ ...choice, delta: rest, logprobs: null }])
  }

  /** The part of a piece, and of what was held back, that the client has not seen; undefined if it departs. */
  #beyond(piece: string, isLast: boolean): string | undefined {
    const added = this.#opening.add(piece)
    const rest = isLast && added !== undefined ? this.#opening.end() : ''
    if (added === undefined || rest === undefined) return undefined
    const text = added + rest
    if (this.#opening.startedOver) return text
    const joined = this.#seam.add(text)
    const held = isLast && joined !== undefined ? this.#seam.end() : ''
    return joined === undefined || held === undefined ? undefined : joined + held
  }
}
