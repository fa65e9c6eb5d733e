import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { callColumns, requestColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { UsageDelta } from '../usage/usage-delta.ts'
import { Insertion, insertionOf } from './insertion.ts'
import { inTransaction } from './transaction.ts'

/** Writes entries, and the sums that they add to the usage. */
export class Writer {
  readonly #database: DatabaseSync
  readonly #requests: Insertion
  readonly #calls: Insertion
  readonly #newest: StatementSync
  readonly #hours: StatementSync
  readonly #days: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#requests = new Insertion(database, 'requests', requestColumns)
    this.#calls = new Insertion(database, 'calls', ['request', ...callColumns])
    this.#newest = database.prepare('SELECT ifnull(max(seq), 0) AS seq FROM requests')
    this.#hours = database.prepare(addition('usage', 'hour'))
    this.#days = database.prepare(addition('usage_days', 'day'))
  }

  /** Writes batches of encoded entries in one transaction: all or none. */
  write(...batches: readonly (readonly Value[])[]): void {
    try {
      inTransaction(this.#database, () => this.#add(batches))
    } catch (error) {
      this.#requests.clear()
      this.#calls.clear()
      throw error
    }
  }

  #add(batches: readonly (readonly Value[])[]): void {
    const usage = new UsageDelta()
    // SQLite counts on from the highest number, and nobody else adds requests before the end of the transaction. To tell it
    // the numbers would cost more than several rows in one statement save.
    let seq = Number(this.#newest.get()!['seq'])
    for (const values of batches)
      for (let at = 0; at < values.length;) at = this.#addEntry(values, at, ++seq, usage)
    this.#requests.flush()
    this.#calls.flush()
    for (const row of usage.rows()) this.#hours.run(...row)
    for (const row of usage.byDay().rows()) this.#days.run(...row)
  }

  /** Writes what the file says already. Throws if it cannot be written. */
  probe(): void {
    const { user_version: version } = this.#database.prepare('PRAGMA user_version').get()!
    this.#database.exec(`PRAGMA user_version = ${Number(version)}`)
  }

  /** Adds the entry that starts at an index, whose request gets a number; returns the index after it. */
  #addEntry(values: readonly Value[], start: number, seq: number, usage: UsageDelta): number {
    let at = start + requestColumns.length
    this.#requests.add(values, start, at)
    usage.addRequest(values, start)
    const count = Number(values[at++])
    for (let index = 0; index < count; index++) {
      const call = at
      at += callColumns.length
      this.#calls.add(values, call, at, seq)
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
  const insert = insertionOf(table, [...keys, ...usageSums])
  return `${insert} ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${sums.join(', ')}`
}
