import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { callColumns, requestColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { UsageDelta } from '../usage/usage-delta.ts'

/** Writes entries, and the sums that they add to the usage. */
export class Writer {
  readonly #database: DatabaseSync
  readonly #request: StatementSync
  readonly #call: StatementSync
  readonly #hours: StatementSync
  readonly #days: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#request = database.prepare(insertion('requests', requestColumns))
    this.#call = database.prepare(insertion('calls', ['request', ...callColumns]))
    this.#hours = database.prepare(addition('usage', 'hour'))
    this.#days = database.prepare(addition('usage_days', 'day'))
  }

  /** Writes batches of encoded entries in one transaction: all or none. */
  write(...batches: readonly (readonly Value[])[]): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const usage = new UsageDelta()
      for (const values of batches)
        for (let at = 0; at < values.length;) at = this.#writeEntry(values, at, usage)
      for (const row of usage.rows()) this.#hours.run(...row)
      for (const row of usage.byDay().rows()) this.#days.run(...row)
      this.#database.exec('COMMIT')
    } catch (error) {
      // A full disk has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Writes the entry that starts at an index; returns the index after it. */
  #writeEntry(values: readonly Value[], start: number, usage: UsageDelta): number {
    let at = start + requestColumns.length
    const { lastInsertRowid } = this.#request.run(...values.slice(start, at))
    usage.addRequest(values, start)
    const count = Number(values[at++])
    for (let index = 0; index < count; index++) {
      const call = at
      at += callColumns.length
      this.#call.run(lastInsertRowid, ...values.slice(call, at))
      usage.addCall(values, start, call)
    }
    return at
  }
}

/** Adds to the sums of a group of usage. A sum stays null while nothing is known: no price does not mean a cost of 0. */
function addition(table: string, unit: string): string {
  const keys = [unit, 'client', 'chain', 'provider', 'model']
  const sums = usageSums.map(
    name =>
      `${name} = CASE WHEN excluded.${name} IS NULL THEN ${name} ELSE ifnull(${name}, 0) + excluded.${name} END`,
  )
  const insert = insertion(table, [...keys, ...usageSums])
  return `${insert} ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sums.join(', ')}`
}

function insertion(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}
