import type { Value } from '../columns.ts'
import type { Entry } from '../ledger.ts'

/** Encoded entries that are sent together. */
export class Batch {
  readonly values: Value[] = []
  #count = 0

  /** The number of entries. */
  get count(): number {
    return this.#count
  }

  /** Adds an entry. One that cannot be encoded throws, and leaves the others as they are. */
  add(entry: Entry): void {
    const { length } = this.values
    try {
      entry.encode(this.values)
      this.#count++
    } catch (error) {
      this.values.length = length
      throw error
    }
  }
}
