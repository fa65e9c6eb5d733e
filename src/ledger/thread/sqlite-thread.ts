import type { DatabaseSync } from 'node:sqlite'
import type { ClientChange } from '../clients/stored-clients.ts'
import type { RequestQuery, UsageQuery } from '../ledger.ts'
import { changeClients, readClients } from '../sqlite/clients.ts'
import { openDatabase } from '../sqlite/database.ts'
import { readRequest, readRequests, readUsage } from '../sqlite/read.ts'
import { prune } from '../sqlite/retention.ts'
import type { Retention } from '../retention.ts'
import { Writer } from '../sqlite/write.ts'
import { reasonOf } from '../unavailable.ts'
import type { FromThread, Method, ThreadSettings, ToThread } from './messages.ts'

/** Milliseconds before a database that could not be opened is tried again. */
const reopenMs = 10_000
/** Milliseconds between deletions of what is too old. */
const pruneMs = 300_000
/** Milliseconds that a batch waits for others: a transaction costs as much as dozens of entries. */
const gatherMs = 250

type Batch = Extract<ToThread, { kind: 'write' }>

interface OpenDatabase {
  readonly database: DatabaseSync
  readonly writer: Writer
}

/** The work of a ledger's thread: it writes batches, answers questions and deletes what is too old. */
export class SqliteThread {
  readonly #path: string
  readonly #send: (message: FromThread) => void
  #retention: Retention
  #open: OpenDatabase | undefined
  #failure: { readonly error: unknown; readonly at: number } | undefined
  #pruning: NodeJS.Timeout | undefined
  /** The batches of the next transaction. */
  #batches: Batch[] = []
  #gathering: NodeJS.Timeout | undefined

  constructor({ path, retention }: ThreadSettings, send: (message: FromThread) => void) {
    this.#path = path
    this.#retention = retention
    this.#send = send
  }

  receive(message: Exclude<ToThread, { kind: 'close' }>): void {
    if (message.kind === 'retention') this.#retention = message.retention
    else if (message.kind === 'write') this.#gather(message)
    else this.#answer(message)
  }

  close(): void {
    this.#writeGathered()
    clearTimeout(this.#pruning)
    this.#open?.database.close()
    this.#open = undefined
  }

  #gather(batch: Batch): void {
    this.#batches.push(batch)
    this.#gathering ??= setTimeout(this.#writeGathered, gatherMs)
  }

  readonly #writeGathered = (): void => {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    const batches = this.#batches
    if (batches.length === 0) return
    this.#batches = []
    const count = batches.reduce((sum, batch) => sum + batch.count, 0)
    try {
      const { writer } = this.#opened()
      if (count === 0) writer.probe()
      else writer.write(...batches.map(({ values }) => values))
      this.#send({ kind: 'written', count })
    } catch (error) {
      this.#send({ kind: 'written', count, error: reasonOf(error) })
    }
  }

  #answer({ id, method, query }: Extract<ToThread, { kind: 'ask' }>): void {
    this.#writeGathered()
    try {
      const value = answers[method](this.#opened().database, query)
      this.#send({ kind: 'answer', id, value })
    } catch (error) {
      this.#send({ kind: 'answer', id, error: reasonOf(error) })
    }
  }

  /** Opens the database on first use, and after a failure once some time has passed. */
  #opened(): OpenDatabase {
    if (this.#open) return this.#open
    const now = performance.now()
    if (this.#failure && now - this.#failure.at < reopenMs) throw this.#failure.error
    try {
      const database = openDatabase(this.#path)
      this.#open = { database, writer: new Writer(database) }
    } catch (error) {
      this.#failure = { error, at: now }
      throw error
    }
    this.#failure = undefined
    this.#prune()
    return this.#open
  }

  /** Deletes portion by portion, with time for writes between them. */
  #prune = (): void => {
    if (!this.#open) return
    let more = false
    try {
      more = prune(this.#open.database, this.#retention)
    } catch {
      // It is busy or full; the next time may do.
    }
    this.#pruning = setTimeout(this.#prune, more ? 10 : pruneMs)
    // The channel to the server keeps the thread alive.
    this.#pruning.unref()
  }
}

const answers: Readonly<Record<Method, (database: DatabaseSync, query: unknown) => unknown>> = {
  requests: (database, query) => readRequests(database, query as RequestQuery),
  request: (database, query) => readRequest(database, query as string),
  usage: (database, query) => readUsage(database, query as UsageQuery),
  clients: (database, known) => readClients(database, known as number),
  changeClients: (database, change) => changeClients(database, change as ClientChange),
}
