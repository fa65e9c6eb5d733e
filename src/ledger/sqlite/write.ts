import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { callColumns, requestColumns } from '../columns.ts'
import type { Value } from '../columns.ts'
import { usageSums } from '../ledger.ts'
import { UsageDelta } from '../usage/usage-delta.ts'
import { Insertion, insertionOf } from './insertion.ts'
import { callsColumn, storedCalls } from './stored-calls.ts'
import { inTransaction } from './transaction.ts'

/** Writes entries, and the sums that they add to the usage. */
export class Writer {
  readonly #database: DatabaseSync
  readonly #requests: Insertion
  readonly #hours: StatementSync
  readonly #days: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#requests = new Insertion(database, 'requests', [...requestColumns, callsColumn])
    this.#hours = database.prepare(addition('usage', 'hour'))
    this.#days = database.prepare(addition('usage_days', 'day'))
  }

  /** Writes batches of encoded entries in one transaction: all or none. */
  write(...batches: readonly (readonly Value[])[]): void {
    try {
      inTransaction(this.#database, () => this.#add(batches))
    } catch (error) {
      this.#requests.clear()
      throw error
    }
  }

  #add(batches: readonly (readonly Value[])[]): void {
    const usage = new UsageDelta()
    for (const values of batches) for (let at = 0; at < values.length;) at = this.#addEntry(values, at, usage)
    this.#requests.flush()
    for (const row of usage.rows()) this.#hours.run(...row)
    for (const row of usage.byDay().rows()) this.#days.run(...row)
  }

  /** Writes what the file says already. Throws if it cannot be written. */
  probe(): void {
    const { user_version: version } = this.#database.prepare('PRAGMA user_version').get()!
    this.#database.exec(`PRAGMA user_version = ${Number(version)}`)
  }

  /** Adds the entry that starts at an index; returns the index after it. */
  #addEntry(values: readonly Value[], start: number, usage: UsageDelta): number {
    const end = start + requestColumns.length
    usage.addRequest(values, start)
    const calls: (readonly Value[])[] = []
    let at = end + 1
    for (let count = Number(values[end]); count > 0; count--) {
      usage.addCall(values, start, at)
      calls.push(values.slice(at, (at += callColumns.length)))
    }
    this.#requests.add(values, start, end, storedCalls(calls))
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
