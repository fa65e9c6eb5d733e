import type { Logger } from 'pino'
import type { Value } from '../columns.ts'
import type { Entry, LedgerCounts } from '../ledger.ts'
import { reasonOf } from '../unavailable.ts'
import { Batch } from './batch.ts'
import { WriteReport } from './write-report.ts'

/** Maximum entries of a batch. */
export const batchSize = 100
/** Milliseconds that an encoded entry waits for others. */
const batchMs = 250
/** Entries that may wait to be written; further ones are dropped. */
export const maxWaiting = 20_000
/** Milliseconds after a failure without another attempt until one is made that writes no entry. */
const probeMs = 15_000

/** Takes a batch of encoded entries to write. Whoever takes it reports what became of it; a throw drops it. */
export type SendBatch = (values: readonly Value[], count: number) => void

/** How entries reach their ledger. */
export interface QueueOptions {
  /** The place of the ledger, as logs show it. */
  readonly name: string
  readonly log: Logger
  readonly send: SendBatch
  /** Finds out whether the ledger can be written, and reports it as of a batch without entries. */
  readonly probe: () => void
}

/** The entries that a ledger has yet to write: a bounded number, encoded off the path of their requests, in batches. */
export class EntryQueue {
  readonly #options: QueueOptions
  readonly #report: WriteReport
  /** The entries of this turn of the event loop. */
  #entries: Entry[] = []
  #batch = new Batch()
  #timer: NodeJS.Timeout | undefined
  /** Whether a batch was sent. The first is sent at once: it starts the writer, for which a stop soon after would have to wait. */
  #started = false
  /** Entries that were sent and are not written yet. */
  #sent = 0
  /** Runs while the ledger is failing: without a new entry, nobody would notice that it works again. */
  #probing: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: QueueOptions) {
    this.#options = options
    this.#report = new WriteReport(options.name, options.log)
  }

  get counts(): LedgerCounts {
    const { written, dropped, isFailing } = this.#report
    return { written, dropped, waiting: this.#waiting, isFailing }
  }

  get #waiting(): number {
    return this.#sent + this.#batch.count + this.#entries.length
  }

  /** Takes an entry. Never waits and never throws: an entry that finds the queue full is counted and dropped. */
  readonly record = (entry: Entry): void => {
    if (this.#closed || this.#waiting >= maxWaiting) return this.#report.overflowed()
    // Not at once: what the end of a request settles in promises is part of its entry. Nor with a batch: until then, an
    // entry holds all objects of its request, which should die young (decision 16).
    if (this.#entries.push(entry) === 1) setImmediate(this.#encode)
  }

  /** Sends all that was recorded. */
  flush(): void {
    this.#encode()
    this.#sendBatch()
  }

  /** Sends all that was recorded, and drops what is recorded from now on. */
  close(): void {
    this.flush()
    this.#closed = true
    this.#stopProbing()
  }

  /** Entries that were sent are written. */
  wrote(count: number): void {
    this.#sent -= count
    this.#report.wrote(count)
    this.#stopProbing()
  }

  /** Entries that were sent are lost. */
  failed(count: number, reason: string): void {
    this.#sent -= count
    this.#report.failed(count, reason)
    this.#probeLater()
  }

  /** All entries that were sent are lost. */
  lost(reason: string): void {
    if (this.#sent > 0) this.failed(this.#sent, reason)
  }

  /** Entries cannot be written at present, and wait. */
  delayed(reason: string): void {
    this.#report.failed(0, reason)
    this.#probeLater()
  }

  #probeLater(): void {
    this.#stopProbing()
    if (!this.#closed) this.#probing = setTimeout(this.#probe, probeMs).unref()
  }

  #stopProbing(): void {
    clearTimeout(this.#probing)
  }

  readonly #probe = (): void => {
    // An entry that waits is an attempt by itself.
    if (this.#sent > 0) return this.#probeLater()
    try {
      this.#options.probe()
    } catch (error) {
      this.delayed(reasonOf(error))
    }
  }

  readonly #encode = (): void => {
    const entries = this.#entries
    this.#entries = []
    for (const entry of entries) {
      try {
        this.#batch.add(entry)
      } catch (error) {
        this.#report.drop(1)
        this.#options.log.error({ err: error }, 'a request cannot be recorded in the ledger')
      }
      if (this.#batch.count >= batchSize) this.#sendBatch()
    }
    if (this.#batch.count === 0) return
    if (this.#started) this.#timer ??= setTimeout(this.#sendBatch, batchMs).unref()
    else this.#sendBatch()
  }

  readonly #sendBatch = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { values, count } = this.#batch
    if (count === 0) return
    this.#batch = new Batch()
    this.#started = true
    this.#sent += count
    try {
      this.#options.send(values, count)
    } catch (error) {
      // The system has no thread to give.
      this.failed(count, reasonOf(error))
    }
  }
}
