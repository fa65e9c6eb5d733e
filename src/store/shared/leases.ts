import type { Leases, Room } from '../store.ts'
import type { HubAccess } from './hub-access.ts'

/** Milliseconds before a refused peer asks again, in case it is not notified of a free lease. */
const retryMs = 500
/** Milliseconds for which leases go straight back after another peer wanted one. */
const courtesyMs = 1_000
/** The largest share of a limit to borrow at once. */
const largestBatch = 1 / 4

/**
 * Leases borrowed from a hub, in batches that grow with use: a lease at hand is taken without asking. Idle leases go
 * back, at once if another peer wants one.
 */
export class SharedLeases implements Leases {
  readonly #name: string
  readonly #access: HubAccess
  /** Calls that are running here. */
  #taken = 0
  /** Leases that the hub has granted. */
  #held = 0
  #asking: Promise<void> | undefined
  /** How often the hub was asked. */
  #questions = 0
  #batch = 1
  /** The fewest leases that were idle at any time since the last sweep. */
  #idle = 0
  /** Runs while the last answer was a refusal. */
  #refused: NodeJS.Timeout | undefined
  /** Whether the hub may have this peer in its queue. */
  #isQueued = false
  #wantedUntil = 0
  /** Leases that were reported to the hub rather than granted by it: together with others they may exceed the limit. */
  #claimed = 0

  constructor(name: string, access: HubAccess) {
    this.#name = name
    this.#access = access
  }

  /** The leases to report to the hub; undefined while their number is about to change. */
  get holding(): number | undefined {
    return this.#asking ? undefined : this.#held
  }

  room(limit: number): Room {
    if (this.#taken >= limit) return 'full'
    if (!this.#access.isUp() || this.#held > this.#taken) return 'free'
    return this.#refused ? 'full' : 'unknown'
  }

  ask(limit: number): Promise<void> {
    if (this.room(limit) !== 'unknown') return this.#asking ?? Promise.resolve()
    return (this.#asking ??= this.#ask(limit))
  }

  async #ask(limit: number): Promise<void> {
    const { hub, onRoom } = this.#access
    this.#questions++
    // Calls that started while the hub was away have no lease yet.
    const lacking = this.#taken - this.#held
    const amount = Math.min(lacking + this.#nextBatch(limit), limit)
    // Until the answer is here, which may get lost.
    this.#isQueued = true
    try {
      const granted = await hub.takeLeases(this.#name, limit, amount)
      this.#isQueued = granted === 0
      this.#held += granted
      this.#idle = this.#held - this.#taken
      if (this.#held <= this.#taken) this.#wait()
    } catch {
      // The store notices by itself that the hub is away.
    } finally {
      this.#asking = undefined
      onRoom()
    }
  }

  #nextBatch(limit: number): number {
    const batch = performance.now() < this.#wantedUntil ? 1 : this.#batch
    this.#batch = Math.min(batch * 2, Math.max(1, Math.floor(limit * largestBatch)))
    return batch
  }

  #wait(): void {
    this.#refused = setTimeout(() => this.#retry(), retryMs)
    this.#refused.unref()
  }

  #retry(): void {
    this.#forgetRefusal()
    this.#access.onRoom()
  }

  #forgetRefusal(): void {
    clearTimeout(this.#refused)
    this.#refused = undefined
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

  /** Lets waiting calls ask again: the hub has a free lease. If none of them does, leaves the queue. */
  onFreed(): void {
    if (!this.#refused) return
    this.#retry()
    const questions = this.#questions
    setImmediate(() => {
      if (this.#questions === questions) this.#leaveQueue()
    })
  }

  #leaveQueue(): void {
    if (!this.#isQueued || !this.#access.isUp()) return
    this.#isQueued = false
    this.#access.hub.takeLeases(this.#name, 0, 0).catch(() => {
      this.#isQueued = true
    })
  }

  /** Gives back idle leases, now and for a while: another peer is waiting for one. */
  onWanted(): void {
    this.#wantedUntil = performance.now() + courtesyMs
    this.#giveBack(this.#held - this.#taken)
  }

  /** Gives back the leases that have been idle since the last sweep, and leaves the queue if no call waits for one. */
  sweep(): void {
    if (!this.#asking && !this.#refused) this.#leaveQueue()
    if (this.#idle > 0 && !this.#asking) {
      this.#giveBack(Math.min(this.#idle, this.#held - this.#taken))
      this.#batch = 1
    }
    this.#idle = Math.max(0, this.#held - this.#taken)
  }

  /**
   * Claims a lease for each running call, and returns their number: the hub is back, and may have granted the earlier
   * ones to others in the meantime.
   */
  renew(): number {
    this.#held = this.#taken
    this.#claimed = this.#taken
    this.#idle = 0
    this.#forgetRefusal()
    return this.#held
  }

  /** Gives back all leases, and leaves the queue: this peer is about to leave. */
  close(): void {
    this.#forgetRefusal()
    this.#leaveQueue()
    this.#giveBack(this.#held)
  }

  #giveBack(amount: number): void {
    if (amount <= 0 || !this.#access.isUp()) return
    this.#held -= amount
    this.#access.hub.giveLeases(this.#name, amount).catch(() => {})
  }
}
