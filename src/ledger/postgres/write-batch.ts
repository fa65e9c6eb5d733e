import { entryColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { dayMs } from '../usage/usage-delta.ts'
import type { UsageDelta } from '../usage/usage-delta.ts'
import { cleanValues } from './clean.ts'

/** Numbers that a batch has for its requests; no batch has as many. */
export const blockSize = 1_000

const placeOfTime = entryColumns.indexOf('at')

/** A batch of encoded entries that is to be written. */
export class WriteBatch {
  readonly count: number
  readonly values: readonly Value[]
  /** The days on which its requests started, numbered from 1970. */
  readonly days: ReadonlySet<number>
  /** Its numbers, once they are drawn; a second attempt keeps them, and so finds what the first has written. */
  block: number | undefined
  /** Whether an attempt to write it has failed in a way that may have written it. */
  isInDoubt = false

  constructor(values: readonly Value[], count: number) {
    this.values = cleanValues(values)
    this.count = count
    this.days = new Set(this.#starts().map(at => Math.floor(this.#timeAt(at) / dayMs)))
  }

  /** The start of its first request. */
  get firstTime(): number {
    return this.#timeAt(0)
  }

  /** Appends its rows to those of other batches, and adds to their usage. */
  addTo(rows: Value[][], usage: UsageDelta): void {
    let seq = Number(this.block) * blockSize
    for (const at of this.#starts()) {
      rows.push([seq++, ...this.values.slice(at, at + entryColumns.length)])
      usage.addEntry(this.values, at)
    }
  }

  #timeAt(at: number): number {
    return Number(this.values[at + placeOfTime])
  }

  /** The indexes at which its entries begin. */
  #starts(): number[] {
    return Array.from(
      { length: this.values.length / entryColumns.length },
      (_, index) => index * entryColumns.length,
    )
  }
}
