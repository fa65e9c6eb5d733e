import type { AdaptiveConcurrency } from '../../../src/config/sections/adaptive-concurrency.ts'

/** The part of the calls under way that is left after a rejection. */
const decrease = 0.7

/**
 * A maximum of concurrent calls that follows a provider's capacity. It grows by one with each round of successful calls, and
 * falls to seven tenths of the calls under way when the provider rejects one (additive increase, multiplicative decrease).
 * All times are of a monotonic clock, given by the caller.
 */
export class AdaptiveLimit {
  readonly #min: number
  readonly #max: number
  #limit: number
  #decreasedAt = Number.NEGATIVE_INFINITY
  /** Whether the last overload lowered the limit. */
  #isLowered = false

  /** `max`: the configured maximum, if there is one. */
  constructor({ initial, min }: AdaptiveConcurrency, max = Number.POSITIVE_INFINITY) {
    this.#min = Math.min(min, max)
    this.#max = max
    this.#limit = Math.min(Math.max(initial, this.#min), max)
  }

  /** The maximum of concurrent calls now; a whole number of at least one. */
  get current(): number {
    return Math.floor(this.#limit)
  }

  /** Records a call that succeeded while `active` calls ran, itself included. Calls far below the limit prove nothing about it. */
  succeeded(active: number): void {
    if (active * 2 >= this.#limit) this.#limit = Math.min(this.#max, this.#limit + 1 / this.#limit)
  }

  /**
   * Records a call that the provider rejected for its load while `active` calls ran, itself included. Calls that began
   * before the last decrease belong to the same overload, and count no further. Returns whether fewer calls than before are
   * allowed because of this overload; false if the limit was at its minimum already.
   */
  rejected(active: number, beganAt: number, now: number): boolean {
    if (beganAt <= this.#decreasedAt) return this.#isLowered
    this.#decreasedAt = now
    const before = this.current
    this.#limit = Math.max(this.#min, Math.min(this.#limit, active) * decrease)
    this.#isLowered = this.current < before
    return this.#isLowered
  }
}
