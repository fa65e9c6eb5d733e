import { LRUCache } from 'lru-cache'

/** Milliseconds for which a model that took long to begin is waited for. */
const rememberedMs = 600_000

/** Models that have begun late, so that others are not asked in vain again. */
export class SlowModels {
  readonly #models = new LRUCache<string, true>({ max: 1000, ttl: rememberedMs })

  has(model: string): boolean {
    return this.#models.has(model)
  }

  add(model: string): void {
    this.#models.set(model, true)
  }
}
