import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Value } from '../columns.ts'

/** Rows of one statement. With ten, a row costs two thirds of what it costs alone; more save little. */
const rowsAtOnce = 10

/** Inserts rows into one table, many with each statement. */
export class Insertion {
  readonly #many: StatementSync
  readonly #one: StatementSync
  /** Columns of a row. */
  readonly #width: number
  /** The values of rows that wait for others. */
  #values: Value[] = []

  constructor(database: DatabaseSync, table: string, columns: readonly string[]) {
    this.#many = database.prepare(insertionOf(table, columns, rowsAtOnce))
    this.#one = database.prepare(insertionOf(table, columns))
    this.#width = columns.length
  }

  /**
   * Adds a row: the values from one index to before another, after the number of what it belongs to, if it has one. `flush`
   * writes it at the latest.
   */
  add(values: readonly Value[], start: number, end: number, owner?: number): void {
    if (owner !== undefined) this.#values.push(owner)
    for (let index = start; index < end; index++) this.#values.push(values[index]!)
    if (this.#values.length < rowsAtOnce * this.#width) return
    this.#many.run(...this.#take())
  }

  /** Writes all rows that were added. */
  flush(): void {
    const values = this.#take()
    for (let at = 0; at < values.length; at += this.#width)
      this.#one.run(...values.slice(at, at + this.#width))
  }

  /** Forgets the rows that are not written: their transaction has failed. */
  clear(): void {
    this.#values = []
  }

  #take(): Value[] {
    const values = this.#values
    this.#values = []
    return values
  }
}

/** The statement that inserts a number of rows. */
export function insertionOf(table: string, columns: readonly string[], rows = 1): string {
  const row = `(${columns.map(() => '?').join(', ')})`
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`
}
