import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { HulumanageError } from '../../contract/index.ts'
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
import type { ChangeOutcome, ClientChange, StoredClients } from '../clients/stored-clients.ts'
import { isInMemory } from '../place.ts'
import type { Retention } from '../retention.ts'
import { within } from '../../time/within.ts'
import type { FromThread, Method, ThreadSettings, ToThread } from './messages.ts'
import { EntryQueue } from '../queue/entry-queue.ts'
import { reasonOf, unavailable } from '../unavailable.ts'
import { Questions } from './questions.ts'

/** The program is TypeScript in a checkout and JavaScript in the package. */
const program = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
/** Milliseconds that a closing ledger has to write the rest. */
const closeMs = 5_000

/** A ledger whose database belongs to a thread. Nothing here waits for it. */
export class ThreadLedger implements Ledger {
  readonly #settings: ThreadSettings
  readonly #queue: EntryQueue
  readonly #questions = new Questions()
  readonly record: (entry: Entry) => void
  #retention: Retention
  #worker: Worker | undefined
  #closed = false

  constructor(settings: ThreadSettings, log: Logger) {
    this.#settings = settings
    this.#retention = settings.retention
    this.#queue = new EntryQueue(settings.path, log, (values, count) =>
      this.#post({ kind: 'write', values, count }),
    )
    this.record = this.#queue.record
  }

  get counts(): LedgerCounts {
    return this.#queue.counts
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
  async clients(known = 0): Promise<StoredClients | undefined> {
    const { path } = this.#settings
    if (!isInMemory(path) && existsSync(path))
      return (await this.#ask('clients', known)) as StoredClients | undefined
    if (known !== 0) throw unavailable(`${path} is gone`)
    return undefined
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
    this.#queue.flush()
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
    this.#closed = true
    this.#queue.close()
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
    if (error === undefined) this.#queue.wrote(count)
    else this.#queue.failed(count, error)
  }

  /** The thread is gone with all that it was sent; the next entry or question starts another one. */
  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#questions.fail(reason)
    this.#queue.lost(reason)
  }
}
