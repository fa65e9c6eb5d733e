import type { Center } from '../hub.ts'
import type { Leases, Room } from '../store.ts'

/** Milliseconds after which who was refused asks again, in case nobody tells that a lease is free. */
const patienceMs = 500
/** Milliseconds for which leases go straight back after another member was in want of one. */
const courtesyMs = 1_000
/** The share of a limit that is borrowed at one time at most. */
const largestBatch = 1 / 4

/** What leases need of the store they belong to. */
export interface LeaseSurroundings {
  readonly center: Center
  /** Whether the center can be used. While it cannot, each holds to the limit by itself. */
  readonly up: () => boolean
  /** There may be room that there was not before. */
  readonly changed: () => void
}

/**
 * Leases borrowed from a center, more at a time the more are used: those at hand are taken without asking anybody. What
 * lies idle goes back, at once where another member is in want.
 */
export class SharedLeases implements Leases {
  readonly #name: string
  readonly #around: LeaseSurroundings
  /** Calls that run here, and leases that the center has given for them. */
  #taken = 0
  #held = 0
  #asking: Promise<void> | undefined
  /** How often the center was asked. */
  #asked = 0
  #batch = 1
  /** Fewest leases that lay idle since the last sweep. */
  #idle = 0
  #refused: NodeJS.Timeout | undefined
  #wantedUntil = 0
  /** Leases that the center was told of and did not give: there may be more of them than the limit. */
  #claimed = 0

  constructor(name: string, around: LeaseSurroundings) {
    this.#name = name
    this.#around = around
  }

  /** What the center should have for this member; undefined while that is about to change. */
  get holding(): number | undefined {
    return this.#asking ? undefined : this.#held
  }

  room(limit: number): Room {
    if (this.#taken >= limit) return 'full'
    if (!this.#around.up() || this.#held > this.#taken) return 'free'
    return this.#refused ? 'full' : 'unknown'
  }

  ask(limit: number): Promise<void> {
    if (this.room(limit) !== 'unknown') return this.#asking ?? Promise.resolve()
    return (this.#asking ??= this.#ask(limit))
  }

  async #ask(limit: number): Promise<void> {
    const { center, changed } = this.#around
    this.#asked++
    // Those that began while the center was away have no lease yet.
    const lacking = this.#taken - this.#held
    const amount = Math.min(lacking + this.#nextBatch(limit), limit)
    try {
      this.#held += await center.takeLeases(this.#name, limit, amount)
      this.#idle = this.#held - this.#taken
      if (this.#held <= this.#taken) this.#wait()
    } catch {
      // The store finds out by itself that the center is away.
    } finally {
      this.#asking = undefined
      changed()
    }
  }

  #nextBatch(limit: number): number {
    const batch = performance.now() < this.#wantedUntil ? 1 : this.#batch
    this.#batch = Math.min(batch * 2, Math.max(1, Math.floor(limit * largestBatch)))
    return batch
  }

  #wait(): void {
    this.#refused = setTimeout(() => this.#retry(), patienceMs)
    this.#refused.unref()
  }

  #retry(): void {
    clearTimeout(this.#refused)
    this.#refused = undefined
    this.#around.changed()
  }

  take(): void {
    this.#taken++
    this.#idle = Math.min(this.#idle, this.#held - this.#taken)
  }

  give(): void {
    this.#taken--
    if (this.#claimed > 0) {
      this.#claimed--
      this.#giveBack(Math.min(1, this.#held - this.#taken))
    } else if (performance.now() < this.#wantedUntil) this.#giveBack(this.#held - this.#taken)
  }

  /** The center has a lease that somebody waits for. Who stands in line for nobody any more makes way. */
  freed(): void {
    if (!this.#refused) return
    this.#retry()
    const asked = this.#asked
    setImmediate(() => {
      if (this.#asked === asked && this.#around.up())
        this.#around.center.takeLeases(this.#name, 0, 0).catch(() => {})
    })
  }

  /** Another member waits for a lease. */
  wanted(): void {
    this.#wantedUntil = performance.now() + courtesyMs
    this.#giveBack(this.#held - this.#taken)
  }

  /** Gives back what has lain idle since the last time. */
  sweep(): void {
    if (this.#idle > 0 && !this.#asking) {
      this.#giveBack(Math.min(this.#idle, this.#held - this.#taken))
      this.#batch = 1
    }
    this.#idle = Math.max(0, this.#held - this.#taken)
  }

  /** The center is back and may have given the leases to others meanwhile: what runs here has one in any case. */
  renew(): number {
    this.#held = this.#taken
    this.#claimed = this.#taken
    this.#idle = 0
    clearTimeout(this.#refused)
    this.#refused = undefined
    return this.#held
  }

  #giveBack(amount: number): void {
    if (amount <= 0 || !this.#around.up()) return
    this.#held -= amount
    this.#around.center.giveLeases(this.#name, amount).catch(() => {})
  }
}
