import type { Logger } from 'pino'
import { background } from '../../time/background.ts'
import type { Retention } from '../retention.ts'
import { dayMs } from '../usage/usage-delta.ts'
import type { Database } from './database.ts'
import { isOfRights } from './failure.ts'
import { Partitions } from './partitions.ts'
import { prune } from './retention.ts'

/** Milliseconds between two rounds. */
const roundMs = 300_000

/** Deletes what is too old, and creates partitions ahead of time, every few minutes. */
export class Caretaker {
  readonly #database: Database
  readonly #log: Logger
  retention: Retention
  #timer: NodeJS.Timeout | undefined
  /** Whether the current trouble is logged. */
  #troubled = false

  constructor(database: Database, retention: Retention, log: Logger) {
    this.#database = database
    this.retention = retention
    this.#log = log
  }

  /** Begins, unless it has begun before. */
  start(): void {
    if (this.#timer === undefined) this.#round()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  readonly #round = (): void => {
    this.#timer = setTimeout(this.#round, roundMs).unref()
    background(this.#tidy(), this.#log, 'the ledger cannot be tidied')
  }

  async #tidy(): Promise<void> {
    try {
      const today = Math.floor(Date.now() / dayMs)
      // No writer has to wait for the partition of a new day.
      await new Partitions(this.#database).ensure([today, today + 1])
      await prune(this.#database, this.retention)
      this.#troubled = false
    } catch (error) {
      // It is away, busy or closing: the next round may do.
      if (!isOfRights(error) || this.#troubled) return
      this.#troubled = true
      this.#log.warn({ err: error }, 'the ledger cannot delete what is too old')
    }
  }
}
