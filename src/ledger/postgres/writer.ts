import type { Value } from '../columns.ts'
import type { EntryQueue } from '../queue/entry-queue.ts'
import { reasonOf } from '../unavailable.ts'
import { isOfData, isStale } from './failure.ts'
import { WriteBatch } from './write-batch.ts'

/** Batches that are written in one transaction while more are waiting. */
const maxBatches = 10
/** Milliseconds before another attempt, while the database is away. */
const pauseMs = 2_000

/** Writes batches in one transaction: all or none. */
export type Write = (batches: readonly WriteBatch[]) => Promise<void>

/** The batches that wait for the database, written one after another. While it is away, they wait. */
export class BatchWriter {
  readonly #write: Write
  readonly #queue: Pick<EntryQueue, 'wrote' | 'failed' | 'delayed'>
  #waiting: WriteBatch[] = []
  #running: Promise<void> | undefined
  #pause: NodeJS.Timeout | undefined
  /** The next batches to write one by one, because they failed together. */
  #single = 0
  /** Whether the last attempt has shown that the tables are not as they were. */
  #isStale = false
  #closed = false

  constructor(write: Write, queue: Pick<EntryQueue, 'wrote' | 'failed' | 'delayed'>) {
    this.#write = write
    this.#queue = queue
  }

  readonly add = (values: readonly Value[], count: number): void => {
    this.#waiting.push(new WriteBatch(values, count))
    if (!this.#pause) this.#start()
  }

  /** Resolves once all that waits is written, or the database has failed to take it. */
  async settled(): Promise<void> {
    if (this.#waiting.length > 0) this.#start()
    await this.#running
  }

  /** Writes what waits, if that succeeds at once. */
  async close(): Promise<void> {
    this.#closed = true
    await this.settled()
  }

  /** Drops what waits. */
  abandon(reason: string): void {
    this.#closed = true
    for (const { count } of this.#waiting.splice(0)) this.#queue.failed(count, reason)
  }

  readonly #start = (): void => {
    clearTimeout(this.#pause)
    this.#pause = undefined
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    let more = true
    while (more && this.#waiting.length > 0) more = await this.#writeNext()
    this.#running = undefined
  }

  /** Writes the next batches; returns whether another attempt makes sense at once. */
  async #writeNext(): Promise<boolean> {
    const batches = this.#waiting.slice(0, this.#single > 0 ? 1 : maxBatches)
    try {
      await this.#write(batches)
    } catch (error) {
      return this.#failed(batches, error)
    }
    for (const { count } of this.#taken(batches)) this.#queue.wrote(count)
    this.#isStale = false
    return true
  }

  #failed(batches: readonly WriteBatch[], error: unknown): boolean {
    if (isOfData(error)) {
      if (batches.length > 1) this.#single = batches.length
      else for (const { count } of this.#taken(batches)) this.#queue.failed(count, reasonOf(error))
      return true
    }
    for (const batch of batches) batch.isInDoubt = true
    const isNews = isStale(error) && !this.#isStale
    this.#isStale = isStale(error)
    if (isNews) return true
    // A transaction that takes too long may be too large.
    this.#single = batches.length > 1 ? batches.length : 0
    if (this.#closed) this.abandon(reasonOf(error))
    else this.#rest(reasonOf(error))
    return false
  }

  /** Tries again later, or as soon as somebody asks. */
  #rest(reason: string): void {
    this.#queue.delayed(reason)
    this.#pause = setTimeout(this.#start, pauseMs).unref()
  }

  /** Removes batches from those that wait, unless they were abandoned meanwhile. */
  #taken(batches: readonly WriteBatch[]): readonly WriteBatch[] {
    if (this.#waiting[0] !== batches[0]) return []
    this.#single = Math.max(0, this.#single - batches.length)
    return this.#waiting.splice(0, batches.length)
  }
}
