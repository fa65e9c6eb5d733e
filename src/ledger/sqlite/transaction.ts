import type { DatabaseSync } from 'node:sqlite'

/** Runs `work`, which writes, in one transaction: all of it, or nothing if it throws. Other processes that write wait. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk has rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
