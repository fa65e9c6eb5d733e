import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { HulumanageError } from '../../contract/index.ts'
import type {
  Entry,
  Ledger,
  RecordedRequest,
  RequestPage,
  RequestQuery,
  UsageQuery,
  UsageRow,
} from '../ledger.ts'
import type { ChangeOutcome, ClientChange, StoredClients } from '../clients/stored-clients.ts'
import { isInMemory } from '../place.ts'
import type { Retention } from '../sqlite/retention.ts'
import { within } from '../../time/within.ts'
import type { FromThread, Method, ThreadSettings, ToThread } from './messages.ts'
import { Batch } from './batch.ts'
import { Questions, unavailable } from './questions.ts'
import { reasonOf } from './reason.ts'
import { WriteReport } from './write-report.ts'

/** The program is TypeScript in a checkout and JavaScript in the package. */
const program = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
/** Entries that are sent together. */
const batchSize = 100
/** Milliseconds that an encoded entry waits for others. */
const batchMs = 250
/** Entries that may wait for the thread; further ones are dropped. */
const maxWaiting = 20_000
/** Milliseconds that a closing ledger has to write the rest. */
const closeMs = 5_000

/** A ledger whose database belongs to a thread. Nothing here waits for it. */
export class ThreadLedger implements Ledger {
  readonly #settings: ThreadSettings
  readonly #log: Logger
  readonly #report: WriteReport
  readonly #questions = new Questions()
  #retention: Retention
  #worker: Worker | undefined
  /** The entries of this turn of the event loop. */
  #entries: Entry[] = []
  #batch = new Batch()
  #timer: NodeJS.Timeout | undefined
  /** Entries that were sent and are not written yet. */
  #sent = 0
  #closed = false

  constructor(settings: ThreadSettings, log: Logger) {
    this.#settings = settings
    this.#retention = settings.retention
    this.#log = log
    this.#report = new WriteReport(settings.path, log)
  }

  get counts(): { readonly written: number; readonly dropped: number } {
    return this.#report
  }

  readonly record = (entry: Entry): void => {
    const waiting = this.#sent + this.#batch.count + this.#entries.length
    if (this.#closed || waiting >= maxWaiting) return this.#report.overflowed()
    // Not at once: what the end of a request settles in promises is part of its entry. Nor with a batch: until then, an
    // entry holds all objects of its request, which should die young (decision 16).
    if (this.#entries.push(entry) === 1) setImmediate(this.#encode)
  }

  readonly #encode = (): void => {
    const entries = this.#entries
    this.#entries = []
    for (const entry of entries) {
      try {
        this.#batch.add(entry)
      } catch (error) {
        this.#report.drop(1)
        this.#log.error({ err: error }, 'a request cannot be recorded in the ledger')
      }
    }
    if (this.#batch.count >= batchSize) this.#send()
    else if (this.#batch.count > 0) this.#timer ??= setTimeout(this.#send, batchMs).unref()
  }

  readonly #send = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { values, count } = this.#batch
    if (count === 0) return
    this.#batch = new Batch()
    try {
      this.#post({ kind: 'write', values, count })
      this.#sent += count
    } catch (error) {
      // The system has no thread to give.
      this.#report.failed(count, reasonOf(error))
    }
  }

  #flush(): void {
    this.#encode()
    this.#send()
  }

  /** Changes what is kept. */
  retain(retention: Retention): void {
    this.#retention = retention
    if (this.#worker) this.#post({ kind: 'retention', retention })
  }

  async requests(query: RequestQuery): Promise<RequestPage> {
    return (await this.#ask('requests', query)) as RequestPage
  }

  async request(id: string): Promise<RecordedRequest | undefined> {
    return (await this.#ask('request', id)) as RecordedRequest | undefined
  }

  async usage(query: UsageQuery): Promise<readonly UsageRow[]> {
    return (await this.#ask('usage', query)) as readonly UsageRow[]
  }

  /** Clients are kept in files alone. One that does not exist keeps none, and is not created for the question. */
  async clients(known?: number): Promise<StoredClients | undefined> {
    const { path } = this.#settings
    if (isInMemory(path) || !existsSync(path)) return known === 0 ? undefined : { revision: 0, clients: [] }
    return (await this.#ask('clients', known)) as StoredClients | undefined
  }

  async changeClients(change: ClientChange): Promise<ChangeOutcome> {
    if (isInMemory(this.#settings.path)) {
      const message = 'The ledger is in memory, where no clients are kept; set ledger.path to a file'
      throw new HulumanageError('ledger_unavailable', message)
    }
    return (await this.#ask('changeClients', change)) as ChangeOutcome
  }

  /** Asks the thread, which has written by then what was recorded before. */
  async #ask(method: Method, query: unknown): Promise<unknown> {
    this.#flush()
    const worker = this.#threadToAsk()
    worker.ref()
    try {
      return await this.#questions.ask((id): void => this.#post({ kind: 'ask', id, method, query }))
    } finally {
      if (this.#questions.size === 0) worker.unref()
    }
  }

  #threadToAsk(): Worker {
    try {
      return this.#thread()
    } catch (error) {
      throw unavailable(reasonOf(error))
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#flush()
    this.#closed = true
    const worker = this.#worker
    if (!worker) return
    worker.ref()
    const ended = new Promise(resolve => {
      worker.once('exit', resolve)
    })
    this.#post({ kind: 'close' })
    await within(ended, closeMs, () => new Error('too slow')).catch(() => worker.terminate())
  }

  #post(message: ToThread): void {
    this.#thread().postMessage(message, [])
  }

  #thread(): Worker {
    return (this.#worker ??= this.#start())
  }

  #start(): Worker {
    const worker = new Worker(program, {
      workerData: { ...this.#settings, retention: this.#retention } satisfies ThreadSettings,
      // Of Node 22, whose SQLite is the same.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    worker.unref()
    worker.on('message', this.#receive)
    worker.on('error', (error: Error) => this.#end(worker, error.message))
    worker.on('exit', () => this.#end(worker, 'its thread has ended'))
    return worker
  }

  readonly #receive = (message: FromThread): void => {
    if (message.kind === 'answer') return this.#questions.answer(message)
    const { count, error } = message
    this.#sent -= count
    if (error === undefined) this.#report.wrote(count)
    else this.#report.failed(count, error)
  }

  /** The thread is gone with all that it was sent; the next entry or question starts another one. */
  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#questions.fail(reason)
    if (this.#sent > 0) this.#report.failed(this.#sent, reason)
    this.#sent = 0
  }
}
