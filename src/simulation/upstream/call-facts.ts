import type { ChatRequest } from '../../contract/index.ts'
import { estimateUsage } from '../../chat/estimate.ts'

/** The facts about a call that a described provider goes by. */
export interface CallFacts {
  readonly model: string
  readonly streams: boolean
  readonly promptTokens: number
  /** The most tokens that the answer may have. */
  readonly maxTokens: number
  readonly choices: number
}

const known = new WeakMap<Uint8Array, CallFacts>()

/** Reads the body of a call. Bodies that are sent on unchanged are the same bytes many times, and are read once. */
export function factsOf(body: unknown): CallFacts {
  if (!(body instanceof Uint8Array)) return read(textOf(body))
  const facts = known.get(body) ?? read(textOf(body))
  known.set(body, facts)
  return facts
}

/** The text of a body. */
export function textOf(body: unknown): string {
  if (!(body instanceof Uint8Array)) return typeof body === 'string' ? body : ''
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString()
}

function read(text: string): CallFacts {
  const request = JSON.parse(text) as ChatRequest
  const { model, n, max_tokens: max, max_completion_tokens: maxOfAll } = request
  return {
    model,
    streams: request.stream === true,
    promptTokens: estimateUsage(request, 0).prompt_tokens,
    maxTokens: maxOfAll ?? max ?? Infinity,
    choices: n ?? 1,
  }
}
