/** The limit that a body exceeds, or `key` if one of its keys reaches the prototype of an object. */
export type Excess = 'depth' | 'values' | 'key'

/**
 * Compares a parsed body with limits of depth and number of values, and looks for keys that reach a prototype: `__proto__`,
 * and `constructor` above `prototype`. Undefined if it may be used. The time it takes depends on the number of values, not on bytes.
 */
export function excessOf(body: unknown, maxDepth: number, maxValues: number): Excess | undefined {
  return isObject(body) ? new Measurement(maxDepth, maxValues).of(body, 1) : undefined
}

type JsonObject = Readonly<Record<string, unknown>>

class Measurement {
  readonly #maxDepth: number
  readonly #maxValues: number
  #values = 0

  constructor(maxDepth: number, maxValues: number) {
    this.#maxDepth = maxDepth
    this.#maxValues = maxValues
  }

  of(value: JsonObject, depth: number): Excess | undefined {
    if (depth > this.#maxDepth) return 'depth'
    return Array.isArray(value) ? this.#ofList(value, depth) : this.#ofObject(value, depth)
  }

  #ofList(list: readonly unknown[], depth: number): Excess | undefined {
    if (this.#isTooMuch(list.length)) return 'values'
    for (const item of list) {
      const excess = isObject(item) ? this.of(item, depth + 1) : undefined
      if (excess) return excess
    }
    return undefined
  }

  #ofObject(object: JsonObject, depth: number): Excess | undefined {
    const keys = Object.keys(object)
    if (this.#isTooMuch(keys.length)) return 'values'
    for (const key of keys) {
      if (key === '__proto__') return 'key'
      const item = object[key]
      if (!isObject(item)) continue
      if (key === 'constructor' && Object.hasOwn(item, 'prototype')) return 'key'
      const excess = this.of(item, depth + 1)
      if (excess) return excess
    }
    return undefined
  }

  /** Counts the values of a list or an object; an empty one counts, too. */
  #isTooMuch(size: number): boolean {
    this.#values += Math.max(1, size)
    return this.#values > this.#maxValues
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}
