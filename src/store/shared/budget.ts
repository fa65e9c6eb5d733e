import { Bucket } from '../bucket.ts'
import type { LeaseSurroundings } from './leases.ts'
import type { Budget } from '../store.ts'

/** Less than this is nothing. */
const negligible = 1e-6
/** Milliseconds after which a refusal is no longer believed: others may have given back what they did not use. */
const doubtMs = 1_000

/** So much was not there; times as of `performance.now()`. */
interface Refusal {
  readonly amount: number
  readonly until: number
  /** Ends when the center is asked once more. */
  readonly doubt: NodeJS.Timeout
}

/**
 * A budget that a center keeps. What a call is to use is drawn before it begins; what was drawn for one that went
 * elsewhere serves the next, or goes back.
 */
export class SharedBudget implements Budget {
  readonly #name: string
  readonly #around: LeaseSurroundings
  /** What this member has used by itself, which is all there is to go by while the center is away. */
  readonly #own = new Bucket()
  /** Drawn and not used yet, and the least of it since the last sweep. */
  #drawn = 0
  #idle = 0
  /** Used while the center was away. */
  #owed = 0
  #asking: Promise<void> | undefined
  #refused: Refusal | undefined

  constructor(name: string, around: LeaseSurroundings) {
    this.#name = name
    this.#around = around
  }

  resize(size: number, now: number): void {
    this.#own.resize(size, now)
    this.#believeAgain()
  }

  readyIn(amount: number, now: number): number | undefined {
    if (!this.#around.up()) return this.#own.readyIn(amount, now)
    const wanted = Math.min(amount, this.#own.size)
    if (this.#drawn + negligible >= wanted) return 0
    const refused = this.#refused
    return refused && wanted + negligible >= refused.amount ? Math.max(1, refused.until - now) : undefined
  }

  ask(amount: number, now: number): Promise<void> {
    if (this.readyIn(amount, now) !== undefined) return this.#asking ?? Promise.resolve()
    return (this.#asking ??= this.#draw(Math.min(amount, this.#own.size)))
  }

  async #draw(wanted: number): Promise<void> {
    const { center, changed } = this.#around
    const lacking = wanted - this.#drawn
    try {
      const waitMs = await center.draw(this.#name, this.#own.size, lacking)
      if (waitMs === 0) this.#drawn += lacking
      else this.#refuse(wanted, waitMs)
    } catch {
      // The store finds out by itself that the center is away.
    } finally {
      this.#asking = undefined
      changed()
    }
  }

  use(amount: number, now: number): void {
    this.#own.use(amount, now)
    const fromDrawn = Math.min(Math.max(amount, 0), this.#drawn)
    this.#drawn -= fromDrawn
    this.#idle = Math.min(this.#idle, this.#drawn)
    this.#owed += amount - fromDrawn
    if (amount < 0) this.#believeAgain()
    this.#pay()
  }

  /** Gives back what was drawn and not used since the last time. */
  sweep(): void {
    const idle = this.#asking ? 0 : this.#idle
    this.#drawn -= idle
    this.#owed -= idle
    this.#idle = this.#drawn
    this.#pay()
  }

  /** The center is back. */
  renew(): void {
    this.#believeAgain()
    this.#pay()
  }

  #refuse(amount: number, waitMs: number): void {
    const doubt = setTimeout(
      () => {
        this.#believeAgain()
        this.#around.changed()
      },
      Math.min(waitMs, doubtMs),
    )
    doubt.unref()
    this.#refused = { amount, until: performance.now() + waitMs, doubt }
  }

  #believeAgain(): void {
    clearTimeout(this.#refused?.doubt)
    this.#refused = undefined
  }

  #pay(): void {
    if (Math.abs(this.#owed) < negligible || !this.#around.up()) return
    const owed = this.#owed
    this.#owed = 0
    this.#around.center.use(this.#name, this.#own.size, owed).catch(() => (this.#owed += owed))
  }
}
