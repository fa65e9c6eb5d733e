import { LRUCache } from 'lru-cache'
import type { Accounts } from '../store.ts'
import type { Clock } from './values.ts'

/** Accounts that are kept; sessions, which clients name as they like, have an account each. */
const maxAccounts = 50_000

/** Accounts in the memory of this process. The least recently used one is forgotten if there are too many. */
export class MemoryAccounts implements Accounts {
  readonly #sums: LRUCache<string, number>

  constructor(clock: Clock = performance) {
    this.#sums = new LRUCache({ max: maxAccounts, perf: clock, ttlResolution: 0 })
  }

  async charge(key: string, amount: number, limit: number, keptMs: number): Promise<number> {
    const before = this.#sums.get(key) ?? 0
    if (before < limit) this.#sums.set(key, before + amount, { ttl: Math.max(1, Math.ceil(keptMs)) })
    return before
  }
}
