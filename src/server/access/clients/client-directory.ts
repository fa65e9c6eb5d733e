import { messageOf } from '../../../contract/errors.ts'
import type { Logger } from 'pino'
import type { ConfigView } from '../../../config/current.ts'
import type { Ledger, LedgerView } from '../../../ledger/ledger.ts'
import type { StoredClient } from '../../../ledger/clients/stored-clients.ts'
import { clip } from '../../../text/clip.ts'
import { background } from '../../../time/background.ts'
import { within } from '../../../time/within.ts'
import { changesBetween } from './changes.ts'
import { readKeptClient } from './kept-client.ts'
import type { KeptClient } from './kept-client.ts'

/** Milliseconds between reads of the revision, which is how long other servers take to learn of a change. */
const defaultPollMs = 2_000
/** Milliseconds that an answer of the database may take. */
const patienceMs = 5_000

/** The parts that the directory works with. */
export interface DirectoryOptions {
  readonly ledger: LedgerView | undefined
  readonly config: ConfigView
  readonly log: Logger
  readonly pollMs?: number
}

interface Source {
  readonly ledger: Ledger
  readonly revision: number
}

/**
 * The named clients that the database of the ledger keeps, in memory, so that no request waits for the database. While that
 * is away, those that were read last remain.
 */
export class ClientDirectory {
  readonly #options: DirectoryOptions
  #value: readonly KeptClient[] = []
  /** The ledger that they were read from, and its revision. */
  #source: Source | undefined
  #isRead = false
  #isClosed = false
  #failure: string | undefined
  #reading = Promise.resolve()
  /** Readings that have not ended. */
  #waiting = 0
  #timer: NodeJS.Timeout | undefined
  #unsubscribe: (() => void) | undefined
  #shadowed = ''

  constructor(options: DirectoryOptions) {
    this.#options = options
  }

  /** The clients; another array after each change. */
  get value(): readonly KeptClient[] {
    return this.#value
  }

  /** Whether nobody knows which clients are kept, because the database could not be read since the start. */
  get isUnknown(): boolean {
    return !this.#isRead && this.#failure !== undefined
  }

  /** The section for `/health`; undefined if there is nothing to say. */
  report(): { readonly ok: boolean; readonly kept: number; readonly error?: string } | undefined {
    const kept = this.#value.length
    if (kept === 0 && !this.isUnknown) return undefined
    return {
      ok: this.#failure === undefined,
      kept,
      ...(this.#failure !== undefined && { error: this.#failure }),
    }
  }

  /** Reads the clients, and follows their changes until `close`. */
  async open(): Promise<void> {
    const { ledger, config, pollMs = defaultPollMs } = this.#options
    if (!ledger) return
    this.#timer = setInterval(this.#poll, pollMs).unref()
    this.#unsubscribe = config.subscribe(() => this.#warnOfShadowed())
    await this.refresh()
  }

  /** Reads the clients again if they have changed. `isOwn`: the change is logged already. Never rejects. */
  refresh(isOwn = false): Promise<void> {
    this.#reading = this.#readAfter(this.#reading, isOwn)
    return this.#reading
  }

  /** Reads one after another, since the answer to an earlier query may arrive late. */
  async #readAfter(earlier: Promise<void>, isOwn: boolean): Promise<void> {
    this.#waiting++
    await earlier
    await this.#read(isOwn)
    this.#waiting--
  }

  /** As `refresh`, for callers that do not wait. */
  readonly refreshSoon = (): void => {
    background(this.refresh(), this.#options.log, 'the clients in the ledger cannot be read')
  }

  /** Does not ask a database again that has not answered yet. */
  readonly #poll = (): void => {
    if (this.#waiting === 0) this.refreshSoon()
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    this.#unsubscribe?.()
  }

  async #read(isOwn: boolean): Promise<void> {
    const ledger = this.#options.ledger?.value
    if (this.#isClosed) return
    if (!ledger) return this.#apply([], undefined, isOwn)
    const isSame = this.#source?.ledger === ledger
    try {
      const late = () => new Error(`no answer within ${patienceMs} ms`)
      const stored = await within(ledger.clients(isSame ? this.#source?.revision : 0), patienceMs, late)
      this.#recovered()
      if (stored) this.#apply(this.#readAll(stored.clients), { ledger, revision: stored.revision }, isOwn)
      else if (!isSame) this.#apply([], { ledger, revision: 0 }, isOwn)
    } catch (error) {
      if (!this.#isClosed) this.#failed(messageOf(error))
    }
  }

  /** Reads rows; one that cannot be read is logged and left out. */
  #readAll(rows: readonly StoredClient[]): readonly KeptClient[] {
    const read = rows.map(row => readKeptClient(row) ?? clip(row.name))
    const strange = read.filter(each => typeof each === 'string')
    const words = 'clients in the ledger are not as this program writes them; their keys are refused'
    if (strange.length > 0) this.#options.log.warn({ clients: strange }, words)
    return read.filter(each => typeof each !== 'string')
  }

  #apply(next: readonly KeptClient[], source: Source | undefined, isOwn: boolean): void {
    const before = this.#value
    const isFirst = !this.#isRead
    this.#source = source
    this.#isRead = true
    // The keys of the server are looked up in tables made for each array.
    if (before.length === 0 && next.length === 0) return
    this.#value = next
    const changes = isFirst || isOwn ? undefined : changesBetween(before, next)
    if (changes) this.#options.log.info(changes, 'the clients in the ledger have changed')
    this.#warnOfShadowed()
  }

  #failed(reason: string): void {
    const isNew = this.#failure === undefined
    this.#failure = reason
    if (!isNew) return
    const words = this.#isRead
      ? 'the clients in the ledger cannot be read; the keys that were known last stay valid'
      : 'the clients in the ledger cannot be read; until they can be, only keys of the configuration are accepted'
    this.#options.log.warn({ reason, kept: this.#value.length }, words)
  }

  #recovered(): void {
    if (this.#failure === undefined) return
    this.#failure = undefined
    this.#options.log.info('the clients in the ledger are read again')
  }

  /** Warns of clients that do not count, because the configuration has others of the same name. */
  #warnOfShadowed(): void {
    const configured = new Set(this.#options.config.value.clients.map(({ name }) => name))
    const names = this.#value.map(({ client }) => client.name).filter(name => configured.has(name))
    const text = names.join(' ')
    if (text !== '' && text !== this.#shadowed)
      this.#options.log.warn(
        { clients: names },
        'the configuration names clients that the ledger has, too; the keys of those in the ledger are refused',
      )
    this.#shadowed = text
  }
}
