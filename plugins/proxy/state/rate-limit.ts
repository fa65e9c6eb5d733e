import type { ProviderConfig } from '../../../src/config/schema.ts'
import type { ChatRequest, Operation } from '../../../src/contract/index.ts'
import type { Budget, Store } from '../../../src/store/store.ts'
import { estimateUsage } from '../../../src/chat/estimate.ts'

/** Tokens set apart for an answer whose length the request does not bound. */
const assumedAnswer = 1_000

/** What a provider allows: `rpm` calls and `tpm` tokens in a minute. */
export type Allowed = NonNullable<ProviderConfig['rate_limit']>

/**
 * Holds calls to what a provider allows in a minute. A call reserves what it may use before it is sent, and is settled
 * with what it has used. All times are of a monotonic clock, given by the caller.
 */
export class RateLimit {
  readonly #ownCalls: Budget
  readonly #ownTokens: Budget
  #calls: Budget | undefined
  #tokens: Budget | undefined

  /** The budgets are the store's under this name, and may be those of other servers as well. */
  constructor(allowed: Allowed, now: number, name: string, store: Pick<Store, 'budget'>) {
    this.#ownCalls = store.budget(`calls:${name}`)
    this.#ownTokens = store.budget(`tokens:${name}`)
    this.configure(allowed, now)
  }

  /** Takes over what a reload says; what has been used stays used. */
  configure({ rpm, tpm }: Allowed, now: number): void {
    this.#calls = sized(this.#ownCalls, rpm, now)
    this.#tokens = sized(this.#ownTokens, tpm, now)
  }

  /** Milliseconds until a call of so many tokens may go; 0: now; undefined: to be asked for. */
  readyIn(tokens: number, now: number): number | undefined {
    const calls = this.#calls ? this.#calls.readyIn(1, now) : 0
    const rest = this.#tokens ? this.#tokens.readyIn(tokens, now) : 0
    // What is known to be lacking need not be asked for.
    if (calls && rest) return Math.max(calls, rest)
    if (calls || rest) return calls || rest
    return calls === undefined || rest === undefined ? undefined : 0
  }

  /** Finds out whether a call of so many tokens may go. */
  async ask(tokens: number, now: number): Promise<void> {
    await Promise.all([this.#calls?.ask(1, now), this.#tokens?.ask(tokens, now)])
  }

  reserve(tokens: number, now: number): void {
    this.#calls?.use(1, now)
    this.#tokens?.use(tokens, now)
  }

  /** Gives back what was not used of the tokens, or takes what was used beyond them. */
  settle(reserved: number, used: number, now: number): void {
    this.#tokens?.use(used - reserved, now)
  }
}

function sized(budget: Budget, size: number | undefined, now: number): Budget | undefined {
  if (size === undefined) return undefined
  budget.resize(size, now)
  return budget
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
