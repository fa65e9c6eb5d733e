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

  constructor(database: DatabaseSync, table: string, columns: readonly string[]) {
    this.#many = database.prepare(insertionOf(table, columns, rowsAtOnce))
    this.#one = database.prepare(insertionOf(table, columns))
    this.#width = columns.length
  }

  /** Inserts rows, given as the values of one after another. */
  run(values: readonly Value[]): void {
    let at = 0
    for (const [statement, length] of [
      [this.#many, this.#width * rowsAtOnce],
      [this.#one, this.#width],
    ] as const) {
      for (; at + length <= values.length; at += length) statement.run(...values.slice(at, at + length))
    }
  }
}

/** The statement that inserts a number of rows. */
export function insertionOf(table: string, columns: readonly string[], rows = 1): string {
  const row = `(${columns.map(() => '?').join(', ')})`
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`
}
