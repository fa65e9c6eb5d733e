import type { Logger } from 'pino'
import { shownPostgresUrl } from '../../text/postgres-url.ts'
import { within } from '../../time/within.ts'
import type { ChangeOutcome, ClientChange, StoredClients } from '../clients/stored-clients.ts'
import type {
  Entry,
  Ledger,
  LedgerCounts,
  RecordedRequest,
  RequestPage,
  RequestQuery,
  UsageQuery,
  UsageRow,
} from '../ledger.ts'
import { EntryQueue } from '../queue/entry-queue.ts'
import type { Retention } from '../retention.ts'
import { reasonOf, unavailable } from '../unavailable.ts'
import { Caretaker } from './caretaker.ts'
import { changeClients, readClients } from './clients.ts'
import { Database } from './database.ts'
import type { Query } from './database.ts'
import { Partitions } from './partitions.ts'
import { readRequest, readRequests, readUsage } from './read.ts'
import { migrate } from './schema.ts'
import { writeBatches } from './write.ts'
import type { WriteBatch } from './write-batch.ts'
import { BatchWriter } from './writer.ts'

/** Milliseconds that a statement may take. */
const writeMs = 30_000
const readMs = 10_000
/** Milliseconds that a question waits for what was recorded before it. */
const settleMs = 2_000
/** Milliseconds that a closing ledger has to write the rest. */
const closeMs = 5_000

/** The parts of the configuration that a ledger in PostgreSQL needs. */
export interface PostgresSettings {
  readonly url: string
  readonly retention: Retention
}

/** A ledger in a PostgreSQL database, which several servers share. Nothing that records waits for the database. */
export class PostgresLedger implements Ledger {
  readonly #queue: EntryQueue
  readonly #writer: BatchWriter
  /** The connection of the writer, which nobody else occupies. */
  readonly #writing: Database
  readonly #reading: Database
  readonly #partitions: Partitions
  readonly #caretaker: Caretaker
  readonly record: (entry: Entry) => void
  #migrated: Promise<void> | undefined

  constructor({ url, retention }: PostgresSettings, log: Logger) {
    this.#writing = new Database(url, 1)
    this.#reading = new Database(url, 2)
    this.#partitions = new Partitions(this.#writing)
    this.#caretaker = new Caretaker(this.#reading, retention, log)
    this.#queue = new EntryQueue({
      name: shownPostgresUrl(url),
      log,
      send: (values, count) => this.#writer.add(values, count),
      probe: () => void this.#probe(),
    })
    this.#writer = new BatchWriter(this.#write, this.#queue)
    this.record = this.#queue.record
  }

  get counts(): LedgerCounts {
    return this.#queue.counts
  }

  /** Connects and migrates ahead of the first request. A failure is logged, and tried again when there is work. */
  async connect(): Promise<void> {
    try {
      await this.#ready()
    } catch (error) {
      this.#queue.delayed(reasonOf(error))
    }
  }

  /** Changes what is kept. */
  retain(retention: Retention): void {
    this.#caretaker.retention = retention
  }

  async requests(query: RequestQuery): Promise<RequestPage> {
    return await this.#ask(run => readRequests(run, query))
  }

  async request(id: string): Promise<RecordedRequest | undefined> {
    return await this.#ask(run => readRequest(run, id))
  }

  async usage(query: UsageQuery): Promise<readonly UsageRow[]> {
    return await this.#ask(run => readUsage(run, query))
  }

  async clients(known = 0): Promise<StoredClients | undefined> {
    return await this.#run(true, run => readClients(run, known))
  }

  async changeClients(change: ClientChange): Promise<ChangeOutcome> {
    return await this.#run(false, run => changeClients(run, change))
  }

  /** Asks the database, which by then has what was recorded before unless it is slow. */
  async #ask<T>(work: (query: Query) => Promise<T>): Promise<T> {
    this.#queue.flush()
    await within(this.#writer.settled(), settleMs, () => new Error('slow')).catch(() => undefined)
    return await this.#run(true, work)
  }

  async #run<T>(isReadOnly: boolean, work: (query: Query) => Promise<T>): Promise<T> {
    try {
      await this.#ready()
      return await this.#reading.transaction({ statementMs: readMs, isReadOnly }, work)
    } catch (error) {
      throw unavailable(reasonOf(error))
    }
  }

  readonly #write = async (batches: readonly WriteBatch[]): Promise<void> => {
    try {
      await this.#ready()
      await this.#partitions.ensure(batches.flatMap(({ days }) => [...days]))
      await this.#writing.transaction({ statementMs: writeMs }, query => writeBatches(query, batches))
    } catch (error) {
      // It may come back as another database, or without these tables.
      this.#migrated = undefined
      this.#partitions.forget()
      throw error
    }
  }

  /** Inserts no row, which a database refuses that is read-only, or lacks the tables or the right to write them. */
  async #probe(): Promise<void> {
    try {
      await this.#ready()
      await this.#writing.transaction({ statementMs: writeMs }, query =>
        query('INSERT INTO requests SELECT * FROM requests WHERE false'),
      )
      this.#queue.wrote(0)
    } catch (error) {
      this.#migrated = undefined
      this.#queue.delayed(reasonOf(error))
    }
  }

  /** Resolves once the tables are those of this program. */
  #ready(): Promise<void> {
    return (this.#migrated ??= this.#migrate())
  }

  async #migrate(): Promise<void> {
    try {
      await migrate(this.#writing)
    } catch (error) {
      this.#migrated = undefined
      throw error
    }
    this.#caretaker.start()
  }

  async close(): Promise<void> {
    this.#queue.close()
    this.#caretaker.stop()
    const late = () => new Error('the server has ended')
    await within(this.#writer.close(), closeMs, late).catch(error => this.#writer.abandon(reasonOf(error)))
    const closed = Promise.all([this.#writing.close(), this.#reading.close()])
    await within(closed, closeMs, late).catch(() => undefined)
  }
}
