import type { ProviderConfig } from '../../src/config/schema.ts'
import type { ChatRequest, Operation } from '../../src/contract/index.ts'
import { estimateUsage } from '../../src/upstream/estimate.ts'

const minuteMs = 60_000
/** Tokens set apart for an answer whose length the request does not bound. */
const assumedAnswer = 1_000
/** What is lacking below this is an error of rounding. */
const negligible = 1e-6

/** What a provider allows: `rpm` calls and `tpm` tokens in a minute. */
export type Allowed = NonNullable<ProviderConfig['rate_limit']>

/**
 * Holds calls to what a provider allows in a minute. A call reserves what it may use before it is sent, and is settled
 * with what it has used. All times are of a monotonic clock, given by the caller.
 */
export class RateLimit {
  #calls: Bucket | undefined
  #tokens: Bucket | undefined

  constructor(allowed: Allowed, now: number) {
    this.configure(allowed, now)
  }

  /** Takes over what a reload says; what has been used stays used. */
  configure({ rpm, tpm }: Allowed, now: number): void {
    this.#calls = bucketOf(rpm, this.#calls, now)
    this.#tokens = bucketOf(tpm, this.#tokens, now)
  }

  /** Milliseconds until a call of so many tokens may go; 0: now. */
  readyIn(tokens: number, now: number): number {
    return Math.max(this.#calls?.readyIn(1, now) ?? 0, this.#tokens?.readyIn(tokens, now) ?? 0)
  }

  reserve(tokens: number, now: number): void {
    this.#calls?.take(1, now)
    this.#tokens?.take(tokens, now)
  }

  /** Gives back what was not used of the tokens, or takes what was used beyond them. */
  settle(reserved: number, used: number, now: number): void {
    this.#tokens?.take(used - reserved, now)
  }
}

/** The most tokens a request is expected to use. */
export function expectedTokens(request: ChatRequest, operation: Operation = 'chat'): number {
  if (operation === 'embeddings') {
    const content = JSON.stringify(request['input'] ?? '')
    return estimateUsage({ ...request, messages: [{ role: 'user', content }] }, 0).prompt_tokens
  }
  const answer = request.max_completion_tokens ?? request.max_tokens ?? assumedAnswer
  return estimateUsage(request, 0).prompt_tokens + answer * (request.n ?? 1)
}

/** Holds a minute's worth and is refilled steadily. */
class Bucket {
  readonly size: number
  #level: number
  #at: number

  constructor(size: number, used: number, now: number) {
    this.size = size
    this.#level = size - used
    this.#at = now
  }

  usedAt(now: number): number {
    this.#refill(now)
    return this.size - this.#level
  }

  /** More than the bucket holds is given when it is full. */
  readyIn(amount: number, now: number): number {
    this.#refill(now)
    const lacking = Math.min(amount, this.size) - this.#level
    return lacking <= negligible ? 0 : (lacking / this.size) * minuteMs
  }

  take(amount: number, now: number): void {
    this.#refill(now)
    this.#level = Math.min(this.size, this.#level - amount)
  }

  #refill(now: number): void {
    this.#level = Math.min(this.size, this.#level + ((now - this.#at) / minuteMs) * this.size)
    this.#at = now
  }
}

function bucketOf(size: number | undefined, before: Bucket | undefined, now: number): Bucket | undefined {
  if (size === undefined || size === before?.size) return size === undefined ? undefined : before
  return new Bucket(size, before?.usedAt(now) ?? 0, now)
}
