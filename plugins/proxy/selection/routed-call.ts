import { clip } from '../../../src/text/clip.ts'
import type { PassedRequest } from '../../../src/chat/passed-request.ts'
import type { Config } from '../../../src/config/schema.ts'
import type { ProviderCall } from '../../../src/chat/provider-call.ts'
import type { ChatRequest, Operation } from '../../../src/contract/index.ts'
import type { Strategy } from '../../../src/contract/strategy.ts'
import { estimateUsage, leastTokens } from '../../../src/chat/estimate.ts'
import type { Member } from '../pool/member.ts'
import { withoutIds } from './without-ids.ts'

/** Tokens assumed for an answer whose length the request does not limit. */
const assumedAnswerTokens = 1_000

/** A provider that gets the call as soon as the store has confirmed room for it. */
export interface Pending {
  readonly member: Member
  /** Why it is asked again, if it was asked before. */
  readonly repeat: string | undefined
}

/** A model call on its way: the providers it was sent to, and those it has given up waiting for. */
export class RoutedCall {
  readonly request: ChatRequest
  /** Replaced when a stream that broke is recovered. */
  call: ProviderCall
  readonly strategy: Strategy
  /**
   * The scope of verdicts on this call: the model of a chat, or else the endpoint with the model. An endpoint that does
   * not serve a model says nothing about the others.
   */
  readonly target: string
  /** The endpoint of that scope; undefined for chats. */
  readonly endpoint: string | undefined
  pending: Pending | undefined
  #size: CallSize | undefined
  #window: number | undefined
  readonly #asked: Member[] = []
  /** Those of them that must not be asked again. */
  readonly #done: Member[] = []
  #skipped: readonly Member[] = []

  constructor(request: ChatRequest, call: ProviderCall, strategy: Strategy) {
    this.request = request
    this.call = call
    this.strategy = strategy
    this.endpoint = scopeOf(call.request)
    this.target = targetOf(request.model, this.endpoint)
  }

  /** The configuration that the client's request began with. */
  get config(): Config {
    return this.call.request.config
  }

  get model(): string {
    return this.request.model
  }

  get streams(): boolean {
    return this.request.stream === true
  }

  /** The one provider that holds what the request refers to, such as an earlier response. */
  get requiredProvider(): string | undefined {
    return this.call.request.source?.provider
  }

  /** The model in quotes, or the endpoint of a request without one, for messages. */
  get subject(): string {
    const { model, passed } = this
    return passed && model === '' ? endpointOf(passed) : `"${clip(model)}"`
  }

  /** The request itself if it is passed on unchanged. */
  get passed(): PassedRequest | undefined {
    return this.call.request.source?.passed
  }

  /** The most tokens it is expected to use. */
  get tokens(): number {
    return this.promptTokens + this.answerTokens
  }

  get promptTokens(): number {
    return this.#sizeOnce.prompt
  }

  get answerTokens(): number {
    return this.#sizeOnce.answer
  }

  /** Estimated at first use: only rate limits and prices need it. */
  get #sizeOnce(): CallSize {
    return (this.#size ??= sizeOf(this.request, this.call.request.operation))
  }

  /** The smallest context window that may do, in tokens; 0 for all but chats. Estimated when a provider's is known. */
  get window(): number {
    const { operation = 'chat' } = this.call.request
    return (this.#window ??= operation === 'chat' ? leastTokens(this.request) : 0)
  }

  /** Records that a context window of that size was too small. */
  outgrow(window: number): void {
    this.#window = Math.max(this.window, window + 1)
  }

  /** Providers asked so far, each counted once. */
  get asked(): number {
    return this.#asked.length
  }

  /** Whether the provider may be asked while no more than `maxAttempts` may be asked in all. */
  allows(member: Member, maxAttempts = Number.POSITIVE_INFINITY): boolean {
    if (this.#done.includes(member)) return false
    return this.#asked.length < maxAttempts || this.#asked.includes(member)
  }

  /** Records that the call is sent to a provider. The wait for the next one starts over. */
  recordSent(member: Member): void {
    if (!this.#asked.includes(member)) this.#asked.push(member)
    this.#done.push(member)
    this.#skipped = []
  }

  /** Allows a provider to be asked again. */
  allowAgain(member: Member): void {
    const at = this.#done.indexOf(member)
    if (at !== -1) this.#done.splice(at, 1)
  }

  /** Skips a full provider that was waited for long enough, unless all would be skipped. */
  skipFull(member: Member): void {
    this.#skipped = [...this.#skipped, member]
  }

  isSkipped(member: Member): boolean {
    return this.#skipped.includes(member)
  }
}

function targetOf(model: string, endpoint: string | undefined): string {
  if (endpoint === undefined) return model
  return model === '' ? endpoint : `${model} (${endpoint})`
}

function scopeOf({ operation = 'chat', source }: ProviderCall['request']): string | undefined {
  if (operation === 'chat') return undefined
  const passed = source?.passed
  return passed ? clip(withoutIds(endpointOf(passed))) : `POST /${operation}`
}

function endpointOf({ method, path }: PassedRequest): string {
  return `${method} ${path.split('?', 1)[0]}`
}

/** The most tokens a request is expected to use. */
export function expectedTokens(request: ChatRequest, operation: Operation = 'chat'): number {
  const { prompt, answer } = sizeOf(request, operation)
  return prompt + answer
}

/** Tokens of a request and the most that its answer is expected to have. */
interface CallSize {
  readonly prompt: number
  readonly answer: number
}

function sizeOf(request: ChatRequest, operation: Operation = 'chat'): CallSize {
  if (operation === 'pass_through') return { prompt: 0, answer: 0 }
  if (operation === 'embeddings') {
    const content = JSON.stringify(request['input'] ?? '')
    const prompt = estimateUsage({ ...request, messages: [{ role: 'user', content }] }, 0).prompt_tokens
    return { prompt, answer: 0 }
  }
  const answer = request.max_completion_tokens ?? request.max_tokens ?? assumedAnswerTokens
  return { prompt: estimateUsage(request, 0).prompt_tokens, answer: answer * (request.n ?? 1) }
}
