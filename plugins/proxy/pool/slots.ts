import { HulumanageError } from '../../../src/contract/index.ts'
import type { Leases, Room } from '../../../src/store/store.ts'

/** Something that calls run on, at most as many at a time as its limits say. */
export interface SlotOwner {
  /** Calls of this server that run on it. */
  active: number
  /** Maximum of `active`. */
  readonly ownLimit?: number | undefined
  /** Maximum of the calls of all servers that share it. */
  readonly maxConcurrent: number | undefined
  /** Counts the calls against `maxConcurrent`. */
  readonly leases: Leases
}

/** Whether an owner can take one more call. */
export function roomOf({ active, ownLimit, maxConcurrent, leases }: SlotOwner): Room {
  if (ownLimit !== undefined && active >= ownLimit) return 'full'
  return maxConcurrent === undefined ? 'free' : leases.room(maxConcurrent)
}

/** Whether an owner certainly has no room for another call; false if that is unknown. */
export function isFull(owner: SlotOwner): boolean {
  return roomOf(owner) === 'full'
}

/** The right to one call. It is released once, however often `release` is called. */
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
  /** Maximum concurrent calls over all owners. */
  readonly max_concurrent: number
  /** Maximum number of waiting calls. */
  readonly max_waiting: number
}

/** Tries to choose an owner and take a lease of it. A result ends the wait; undefined continues it. */
export type Choose<R> = () => R | undefined

/** Hands out slots: at once if one is free, otherwise first come, first served, to the first waiter that can use one. */
export class Slots<T extends SlotOwner> {
  readonly #limits: () => SlotLimits
  /** Each chooses again when it is called, and leaves once it has a result. */
  readonly #waiters = new Set<() => void>()
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

  /** Whether one more call may run, whatever the owner. */
  get hasRoom(): boolean {
    return this.#running < this.#limits().max_concurrent
  }

  /** Takes a slot of an owner, which must have room. */
  take(owner: T): Lease<T> {
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

  /**
   * Waits until `choose` has a result, up to `waitMs`; resolves to undefined when the time is up. It is called whenever
   * there may be room, in order of arrival. Rejects with what it throws, at once with `queue_full` if too many calls wait
   * already, and with the signal's reason when that aborts.
   */
  wait<R>(choose: Choose<R>, waitMs: number, signal: AbortSignal): Promise<R | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#waiters.size >= this.#limits().max_waiting) return Promise.reject(queueFull(this.#waiters.size))
    const { promise, resolve, reject } = Promise.withResolvers<R | undefined>()
    const tryAgain = () => {
      try {
        const result = choose()
        if (result !== undefined) leave(() => resolve(result))
      } catch (error) {
        leave(() => reject(error))
      }
    }
    const onAbort = () => leave(() => reject(signal.reason))
    const timer = setTimeout(() => leave(() => resolve(undefined)), waitMs)
    const leave = (settle: () => void) => {
      this.#waiters.delete(tryAgain)
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    signal.addEventListener('abort', onAbort)
    this.#waiters.add(tryAgain)
    return promise
  }

  /** Lets the waiters choose again: after a release, and whenever the owners have changed. */
  poke(): void {
    for (const tryAgain of this.#waiters) {
      if (!this.hasRoom) return
      tryAgain()
    }
  }
}

function queueFull(waiting: number): HulumanageError {
  const message = `${waiting} calls are already waiting for a provider; try again later, or raise queue.max_waiting`
  return new HulumanageError('queue_full', message, { retryAfter: 1 })
}
