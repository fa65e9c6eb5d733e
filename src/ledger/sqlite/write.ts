import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { callColumns, requestColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { UsageDelta } from './usage-delta.ts'

/** Writes batches of entries: each in one transaction, with the sums that it adds to the usage. */
export class Writer {
  readonly #database: DatabaseSync
  readonly #request: StatementSync
  readonly #call: StatementSync
  readonly #usage: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#request = database.prepare(insertion('requests', requestColumns))
    this.#call = database.prepare(insertion('calls', ['request', ...callColumns]))
    const keys = ['hour', 'client', 'chain', 'provider', 'model']
    // A sum stays null as long as nothing is known: the cost of a model without a price is not 0.
    const sums = usageSums.map(
      name =>
        `${name} = CASE WHEN excluded.${name} IS NULL THEN ${name} ELSE ifnull(${name}, 0) + excluded.${name} END`,
    )
    this.#usage = database.prepare(
      `${insertion('usage', [...keys, ...usageSums])} ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sums.join(', ')}`,
    )
  }

  /** Writes the encoded entries, all or none. */
  write(values: readonly Value[]): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const delta = new UsageDelta()
      for (let at = 0; at < values.length;) at = this.#writeEntry(values, at, delta)
      for (const row of delta.rows()) this.#usage.run(...row)
      this.#database.exec('COMMIT')
    } catch (error) {
      // A full disk has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Writes the entry that starts at an index; returns the index after it. */
  #writeEntry(values: readonly Value[], start: number, delta: UsageDelta): number {
    let at = start + requestColumns.length
    const request = values.slice(start, at)
    const { lastInsertRowid } = this.#request.run(...request)
    const requestRow = rowOf(requestColumns, request)
    delta.addRequest(requestRow)
    const count = Number(values[at++])
    for (let index = 0; index < count; index++) {
      const call = values.slice(at, at + callColumns.length)
      at += callColumns.length
      this.#call.run(lastInsertRowid, ...call)
      delta.addCall(requestRow, rowOf(callColumns, call))
    }
    return at
  }
}

function insertion(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

function rowOf<Name extends string>(columns: readonly Name[], values: readonly Value[]) {
  return Object.fromEntries(columns.map((name, index) => [name, values[index]])) as Record<Name, Value>
}
