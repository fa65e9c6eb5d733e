import { HulumanageError } from '../../../src/contract/index.ts'
import type { Leases, Room } from '../../../src/store/store.ts'

/** What calls run on, at most `limit` at a time where it is set. */
export interface SlotOwner {
  /** Calls of this server that run on it. */
  active: number
  readonly limit: number | undefined
  /** What the limit is held with, which servers may share. */
  readonly leases: Leases
}

/** Whether an owner can take one more call. */
export function roomOf({ limit, leases }: SlotOwner): Room {
  return limit === undefined ? 'free' : leases.room(limit)
}

/** The right to one call. Released exactly once however often it is asked. */
export class Lease<T extends SlotOwner = SlotOwner> {
  readonly owner: T
  readonly #release: (owner: T) => void
  #held = true

  constructor(owner: T, release: (owner: T) => void) {
    this.owner = owner
    this.#release = release
  }

  release(): void {
    if (!this.#held) return
    this.#held = false
    this.#release(this.owner)
  }
}

export interface SlotLimits {
  /** Most calls at one time over all owners. */
  readonly max_concurrent: number
  /** Most calls that may wait. */
  readonly max_waiting: number
}

/** Chooses an owner with room; undefined to go on waiting. Throws where waiting has become pointless. */
export type Choose<T> = () => T | undefined

interface Waiter<T extends SlotOwner> {
  readonly choose: Choose<T>
  readonly settle: (outcome: Lease<T> | undefined, error?: unknown) => void
}

/** Gives out slots: at once where there is one, else first come, first served, to the first waiter an owner suits. */
export class Slots<T extends SlotOwner> {
  readonly #limits: () => SlotLimits
  readonly #waiters = new Set<Waiter<T>>()
  #running = 0

  constructor(limits: () => SlotLimits) {
    this.#limits = limits
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiters.size
  }

  /** A slot that is free now, with nobody waiting longer. Throws what `choose` throws. */
  tryTake(choose: Choose<T>): Lease<T> | undefined {
    if (this.#running >= this.#limits().max_concurrent) return undefined
    const owner = choose()
    return owner && this.#grant(owner)
  }

  /**
   * Waits for a slot up to `waitMs`; resolves to undefined when that time is over. Rejects with `queue_full` at once
   * where too many wait already, and with the signal's reason when it aborts.
   */
  take(choose: Choose<T>, waitMs: number, signal: AbortSignal): Promise<Lease<T> | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#waiters.size >= this.#limits().max_waiting) {
      const message = `${this.#waiters.size} calls wait for a provider already; try again later or raise queue.max_waiting`
      return Promise.reject(new HulumanageError('queue_full', message, { retryAfter: 1 }))
    }
    return new Promise((resolve, reject) => {
      const settle: Waiter<T>['settle'] = (lease, error) => {
        this.#waiters.delete(waiter)
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
        if (error === undefined) resolve(lease)
        else reject(error)
      }
      const waiter: Waiter<T> = { choose, settle }
      const onAbort = () => settle(undefined, signal.reason)
      const timer = setTimeout(() => settle(undefined), waitMs)
      signal.addEventListener('abort', onAbort)
      this.#waiters.add(waiter)
    })
  }

  /** Looks again whether a waiter can go on: after a release, and whenever owners have changed. */
  poke(): void {
    for (const waiter of this.#waiters) {
      try {
        const lease = this.tryTake(waiter.choose)
        if (lease) waiter.settle(lease)
      } catch (error) {
        waiter.settle(undefined, error)
      }
    }
  }

  #grant(owner: T): Lease<T> {
    this.#running++
    owner.active++
    owner.leases.take()
    return new Lease(owner, released => {
      this.#running--
      released.active--
      released.leases.give()
      if (this.#waiters.size > 0) this.poke()
    })
  }
}
