import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { createFolder } from './folder.ts'
import { inMemory } from './path.ts'
import { migrate } from './schema.ts'

/** Milliseconds to wait for another process that writes. */
const busyMs = 1_000

/**
 * Opens the database of a ledger, and creates it with its folder if it does not exist. Only its owner may read a new one.
 * Several processes may write to it: each write waits for the others. `steps` lead to its schema, that of the ledger unless
 * others are given. Throws if it cannot be written.
 */
export function openDatabase(path: string, steps?: readonly string[]): DatabaseSync {
  if (path !== inMemory) createFile(path)
  const database = new DatabaseSync(path, { timeout: busyMs })
  try {
    // Takes effect only before the first table is created.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL')
    database.exec('PRAGMA journal_mode = WAL')
    // After a power failure the newest entries may be missing; the file stays consistent.
    database.exec('PRAGMA synchronous = NORMAL')
    migrate(database, steps)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function createFile(path: string): void {
  createFolder(path)
  closeSync(openSync(path, 'a', 0o600))
}
