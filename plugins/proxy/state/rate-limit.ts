import type { ProviderConfig } from '../../../src/config/schema.ts'
import type { Budget, Store } from '../../../src/store/store.ts'

/** The rate limit of a provider: `rpm` calls and `tpm` tokens a minute. */
export type Allowance = NonNullable<ProviderConfig['rate_limit']>

/** Tokens set aside for a call, and when. */
export interface Reservation {
  readonly tokens: number
  readonly at: number
}

/**
 * Holds calls to what a provider allows in any minute. A call reserves the tokens it may use before it is sent; once it has
 * ended, the reservation is replaced by what it used. All times are of a monotonic clock, given by the caller.
 */
export class RateLimit {
  readonly #callBudget: Budget
  readonly #tokenBudget: Budget
  /** Undefined if the provider does not limit them. */
  #calls: Budget | undefined
  #tokens: Budget | undefined
  #tpm = 0

  /** The budgets are the store's under this name: other servers may draw on them as well. */
  constructor(allowance: Allowance, name: string, store: Pick<Store, 'budget'>) {
    this.#callBudget = store.budget(`calls:${name}`)
    this.#tokenBudget = store.budget(`tokens:${name}`, true)
    this.configure(allowance)
  }

  /** Applies a new allowance; what has been used stays used. */
  configure({ rpm, tpm }: Allowance): void {
    this.#calls = resized(this.#callBudget, rpm)
    this.#tokens = resized(this.#tokenBudget, tpm)
    this.#tpm = tpm ?? 0
  }

  /** Milliseconds until a call of `tokens` may be sent; 0: now; undefined: unknown until the store is asked. */
  readyIn(tokens: number, now: number): number | undefined {
    const calls = this.#calls ? this.#calls.readyIn(1, now) : 0
    const rest = this.#tokens ? this.#tokens.readyIn(tokens, now) : 0
    // There is no need to ask about the one while the other is known to be used up.
    if (calls && rest) return Math.max(calls, rest)
    if (calls || rest) return calls || rest
    return calls === undefined || rest === undefined ? undefined : 0
  }

  /** Milliseconds for which certainly no call of `tokens` may be sent, even if running calls use none of what they have reserved. */
  leastWaitMs(tokens: number, now: number): number {
    const calls = this.#calls?.leastWaitMs(1, now) ?? 0
    return Math.max(calls, this.#tokens?.leastWaitMs(tokens, now) ?? 0)
  }

  /** The part of the allowance that is left, of calls or of tokens, whichever is less; from 0 to 1. */
  leftAt(now: number): number {
    return Math.min(this.#calls?.leftAt(now) ?? 1, this.#tokens?.leftAt(now) ?? 1)
  }

  /** Asks the store whether a call of `tokens` may be sent. Never rejects. */
  async ask(tokens: number, now: number): Promise<void> {
    await Promise.all([this.#calls?.ask(1, now), this.#tokens?.ask(tokens, now)])
  }

  /**
   * Counts a call, and reserves its tokens: at most a minute's allowance, because a client may ask for an answer of any
   * length, and others wait for a reservation.
   */
  reserve(tokens: number, now: number): Reservation {
    const reserved = Math.min(tokens, this.#tpm)
    this.#calls?.use(1, now)
    this.#tokens?.use(reserved, now)
    return { tokens: reserved, at: now }
  }

  /** Replaces a reservation by the tokens that were used, fewer or more. */
  settle({ tokens, at }: Reservation, used: number, now: number): void {
    this.#tokens?.settle(tokens, used, at, now)
  }
}

function resized(budget: Budget, size: number | undefined): Budget | undefined {
  if (size === undefined) return undefined
  budget.resize(size)
  return budget
}
