import { backoff } from '../../../src/time/backoff.ts'
import type { CircuitNotice } from './notice-format.ts'

/**
 * Why no calls pass. `counted`: too many of them failed. `unreachable`: there is no connection, or background checks
 * fail. `key`: the provider refuses our key.
 */
export type Cause = 'counted' | 'unreachable' | 'key'

/** How long a circuit opens, in milliseconds: at first, and at most after doubling. */
export interface Pauses {
  readonly firstMs: number
  readonly longestMs: number
}

/** How long the probe of another server is waited for, in case its end is never reported. */
const foreignProbeMs = 60_000

/**
 * Closed: calls pass. Open: none does until the pause is over; then one at a time passes as a probe, which closes the
 * circuit or opens it for twice as long. All times are of a monotonic clock, given by the caller.
 */
export class Circuit {
  /** Undefined while it is closed. */
  cause: Cause | undefined
  #openUntil = 0
  #openedAt = Number.NEGATIVE_INFINITY
  #probing = false
  #foreignProbeUntil = 0
  /** Times it opened in a row, for the growing pauses. */
  #strikes = 0

  get isOpen(): boolean {
    return this.cause !== undefined
  }

  /** The end of the pause; 0 while it is closed. */
  get openUntil(): number {
    return this.isOpen ? this.#openUntil : 0
  }

  /**
   * Whether it is open because of what happened after that time. An attempt that began before may still end well, which
   * proves nothing about what failed since.
   */
  hasOpenedSince(time: number): boolean {
    return this.isOpen && this.#openedAt > time
  }

  admits(now: number): 'yes' | 'probe' | 'no' {
    if (!this.isOpen) return 'yes'
    const isProbed = this.#probing || now < this.#foreignProbeUntil
    return now >= this.#openUntil && !isProbed ? 'probe' : 'no'
  }

  beginProbe(): void {
    this.#probing = true
  }

  endProbe(): void {
    this.#probing = false
  }

  /** Opens it, or keeps it open for a longer pause after a failed probe. */
  open(cause: Cause, { firstMs, longestMs }: Pauses, now: number): void {
    // The pause after a refused key may be longer than the longest one.
    this.#openUntil = now + Math.max(firstMs, backoff(firstMs, this.#strikes, longestMs))
    this.#openedAt = now
    this.cause = cause
    this.#probing = false
    this.#strikes++
  }

  /** Keeps calls away at least until then. Unlike a failed call, this does not discount an answer to a call that began earlier. */
  hold(cause: Cause, until: number): void {
    this.cause = cause
    this.#openUntil = Math.max(this.#openUntil, until)
  }

  /** Ends the pause: a probe may pass. */
  allowProbe(now: number): void {
    this.#openUntil = Math.min(this.#openUntil, now)
  }

  /** Lets calls pass again. Returns whether it was open. */
  close(): boolean {
    const wasOpen = this.isOpen
    this.cause = undefined
    this.#openUntil = 0
    this.#probing = false
    this.#strikes = 0
    return wasOpen
  }

  /** The state for other servers. */
  notice(now: number): CircuitNotice {
    return {
      ...(this.cause !== undefined && { cause: this.cause }),
      openMs: Math.max(0, this.openUntil - now),
      strikes: this.#strikes,
      probing: this.#probing,
    }
  }

  /** Adopts the state of another server's circuit. */
  adopt({ cause, openMs, strikes, probing }: CircuitNotice, now: number): void {
    if (cause === undefined) this.close()
    else {
      if (!this.isOpen) this.#openedAt = now
      this.cause = cause
      this.#openUntil = now + openMs
      this.#strikes = strikes
    }
    this.#foreignProbeUntil = probing ? now + foreignProbeMs : 0
  }
}
