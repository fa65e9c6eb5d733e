import { existsSync } from 'node:fs'
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
import type { Method, ThreadSettings, ToThread, Written } from './messages.ts'
import { EntryQueue } from '../queue/entry-queue.ts'
import { prepareFolder } from '../sqlite/folder.ts'
import { reasonOf, unavailable } from '../unavailable.ts'
import { OwnThread, workerBeside } from './own-thread.ts'

/** A ledger whose database belongs to a thread. Nothing here waits for it. */
export class ThreadLedger implements Ledger {
  readonly #settings: ThreadSettings
  readonly #queue: EntryQueue
  readonly #thread: OwnThread<ToThread, Written>
  readonly record: (entry: Entry) => void
  #retention: Retention
  #closed = false

  constructor(settings: ThreadSettings, log: Logger) {
    this.#settings = settings
    this.#retention = settings.retention
    this.#queue = new EntryQueue({
      name: settings.path,
      log,
      send: (values, count) => this.#thread.post({ kind: 'write', values, count }),
      probe: () => this.#thread.post({ kind: 'write', values: [], count: 0 }),
    })
    this.#thread = new OwnThread({
      program: workerBeside(import.meta.url),
      path: settings.path,
      data: () => ({ ...this.#settings, retention: this.#retention }) satisfies ThreadSettings,
      onMessage: message => this.#wrote(message),
      onEnd: reason => this.#queue.lost(reason),
    })
    this.record = this.#queue.record
  }

  get counts(): LedgerCounts {
    return this.#queue.counts
  }

  /** Creates its folder. If that fails, it fails as it would with the first entry: see `EntryQueue.delayed`. */
  prepare(): void {
    try {
      prepareFolder(this.#settings.path)
    } catch (error) {
      this.#queue.delayed(reasonOf(error))
    }
  }

  /** Changes what is kept. */
  retain(retention: Retention): void {
    this.#retention = retention
    if (this.#thread.isRunning) this.#thread.post({ kind: 'retention', retention })
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
    return await this.#thread.ask(id => ({ kind: 'ask', id, method, query }))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#queue.close()
    await this.#thread.close({ kind: 'close' })
  }

  #wrote({ count, error }: Written): void {
    if (error === undefined) this.#queue.wrote(count)
    else this.#queue.failed(count, error)
  }
}
