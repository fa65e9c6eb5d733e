/** Choices that are reproducible from a seed. */
export class Random {
  #state: number

  /** Mixes all parts, so that each exchange of a run has different choices. */
  constructor(...seeds: readonly number[]) {
    this.#state = seeds.reduce((state, seed) => mix(state ^ mix(seed | 0)), 0x9e3779b9)
  }

  /** A number from 0 up to, and not including, 1. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    return (mix(this.#state) >>> 0) / 2 ** 32
  }

  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1))
  }

  chance(share: number): boolean {
    return this.unit() < share
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!
  }

  /** One of the items, in proportion to their weights. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    let left = this.unit() * items.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of items) {
      left -= weight
      if (left < 0) return item
    }
    return items.at(-1)![1]
  }
}

/** The finalizer of MurmurHash3: each bit of the result depends on each bit of the input. */
function mix(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
