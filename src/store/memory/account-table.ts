import { LRUCache } from 'lru-cache'
import { madeUpPrefix } from '../store.ts'
import type { Clock } from './values.ts'

/** Accounts that are kept of each sort. */
const maxAccounts = 50_000

/**
 * Facts about accounts, each kept until its time is over. The least recently used one is forgotten if there are too many; those
 * that clients can make up displace only each other.
 */
export class AccountTable<T extends number | object> {
  readonly #named: LRUCache<string, T>
  readonly #madeUp: LRUCache<string, T>

  constructor(clock: Clock = performance) {
    // Not as `max`, for which lru-cache allocates all of the memory at once, in every server with accounts or without.
    const options = { maxSize: maxAccounts, sizeCalculation: () => 1, perf: clock, ttlResolution: 0 }
    this.#named = new LRUCache(options)
    this.#madeUp = new LRUCache(options)
  }

  get(key: string): T | undefined {
    return this.#sortOf(key).get(key)
  }

  set(key: string, value: T, keptMs: number): void {
    this.#sortOf(key).set(key, value, { ttl: Math.max(1, Math.ceil(keptMs)) })
  }

  /** The milliseconds for which an account is still kept. */
  keptMs(key: string): number {
    return this.#sortOf(key).getRemainingTTL(key)
  }

  keys(): readonly string[] {
    return [...this.#named.keys(), ...this.#madeUp.keys()]
  }

  #sortOf(key: string): LRUCache<string, T> {
    return key.startsWith(madeUpPrefix) ? this.#madeUp : this.#named
  }
}
