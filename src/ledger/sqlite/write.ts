import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { entryColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { UsageDelta } from '../usage/usage-delta.ts'
import { Insertion, insertionOf } from './insertion.ts'
import { inTransaction } from './transaction.ts'

/** Writes entries, and the sums that they add to the usage. */
export class Writer {
  readonly #database: DatabaseSync
  readonly #requests: Insertion
  readonly #hours: StatementSync
  readonly #days: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#requests = new Insertion(database, 'requests', entryColumns)
    this.#hours = database.prepare(addition('usage', 'hour'))
    this.#days = database.prepare(addition('usage_days', 'day'))
  }

  /** Writes batches of encoded entries in one transaction: all or none. */
  write(...batches: readonly (readonly Value[])[]): void {
    inTransaction(this.#database, () => this.#add(batches))
  }

  #add(batches: readonly (readonly Value[])[]): void {
    const usage = new UsageDelta()
    for (const values of batches) {
      this.#requests.run(values)
      for (let at = 0; at < values.length; at += entryColumns.length) usage.addEntry(values, at)
    }
    for (const row of usage.rows()) this.#hours.run(...row)
    for (const row of usage.byDay().rows()) this.#days.run(...row)
  }

  /** Writes what the file says already. Throws if it cannot be written. */
  probe(): void {
    const { user_version: version } = this.#database.prepare('PRAGMA user_version').get()!
    this.#database.exec(`PRAGMA user_version = ${Number(version)}`)
  }
}

/** Adds to the sums of a group of usage. A sum stays null while nothing is known: no price does not mean a cost of 0. */
function addition(table: string, unit: string): string {
  const keys = [unit, 'client', 'chain', 'provider', 'model']
  const sums = usageSums.map(
    name =>
      `${name} = CASE WHEN excluded.${name} IS NULL THEN ${name} ELSE ifnull(${name}, 0) + excluded.${name} END`,
  )
  const insert = insertionOf(table, [...keys, ...usageSums])
  return `${insert} ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sums.join(', ')}`
}
