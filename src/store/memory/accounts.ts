import { LRUCache } from 'lru-cache'
import { madeUpPrefix } from '../store.ts'
import type { Accounts } from '../store.ts'
import type { Clock } from './values.ts'

/** Accounts that are kept of each sort. */
const maxAccounts = 50_000

/**
 * Accounts in the memory of this process. The least recently used one is forgotten if there are too many; those that
 * clients can make up displace only each other.
 */
export class MemoryAccounts implements Accounts {
  readonly #sums: LRUCache<string, number>
  readonly #madeUp: LRUCache<string, number>

  constructor(clock: Clock = performance) {
    // Not as `max`, for which lru-cache allocates all of the memory at once, in every server with accounts or without.
    const options = { maxSize: maxAccounts, sizeCalculation: () => 1, perf: clock, ttlResolution: 0 }
    this.#sums = new LRUCache(options)
    this.#madeUp = new LRUCache(options)
  }

  async charge(key: string, amount: number, limit: number, keptMs: number): Promise<number> {
    const sums = key.startsWith(madeUpPrefix) ? this.#madeUp : this.#sums
    const before = sums.get(key) ?? 0
    if (before < limit) sums.set(key, Math.max(0, before + amount), { ttl: Math.max(1, Math.ceil(keptMs)) })
    return before
  }
}
