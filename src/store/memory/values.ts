import { LRUCache } from 'lru-cache'
import type { ValueStore } from '../store.ts'

/** A monotonic clock in milliseconds. */
export interface Clock {
  readonly now: () => number
}

/** Bytes that an entry takes beside those of its key and its value, as measured: most values are small. */
const entryBytes = 400

/** Values up to a maximum number of bytes; the least recently used one is evicted first. */
export class MemoryValues implements ValueStore {
  readonly #maxBytes: () => number
  readonly #clock: Clock
  #entries: LRUCache<string, Uint8Array>

  /** `maxBytes` is called at each write, so that a reload can change the limit. */
  constructor(maxBytes: () => number, clock: Clock) {
    this.#maxBytes = maxBytes
    this.#clock = clock
    this.#entries = this.#empty(maxBytes())
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.#entries.get(key)
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    this.#resize(this.#maxBytes())
    // A small buffer may be a slice of a larger one, and would keep that alive.
    const copy = Buffer.allocUnsafeSlow(value.length)
    copy.set(value)
    this.#entries.set(key, copy, { ttl: ttlMs })
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#entries.delete(key)
  }

  async clear(prefix: string): Promise<void> {
    const keys = Array.from(this.#entries.keys()).filter(key => key.startsWith(prefix))
    for (const key of keys) this.#entries.delete(key)
  }

  #resize(maxBytes: number): void {
    if (this.#entries.maxSize === maxBytes) return
    const entries = this.#entries.dump()
    this.#entries = this.#empty(maxBytes)
    this.#entries.load(entries)
  }

  #empty(maxBytes: number): LRUCache<string, Uint8Array> {
    return new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (value, key) => value.length + key.length + entryBytes,
      perf: this.#clock,
      // Read the clock every time: any other resolution sets a timer.
      ttlResolution: 0,
    })
  }
}
