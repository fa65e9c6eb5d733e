import type { DatabaseSync } from 'node:sqlite'
import { reasonOf } from '../unavailable.ts'
import { openTexts, pruneTexts, readTexts, writeTexts } from './database.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'
import { Redactor } from './redactor.ts'
import type { TextSettings } from './settings.ts'
import type { KeptTexts, SentTexts } from './texts.ts'

/** Milliseconds before a database that could not be opened is tried again. */
const reopenMs = 10_000
/** Milliseconds between deletions of what is too old or too much. */
const pruneMs = 60_000

type Work = Exclude<ToThread, { kind: 'close' }>

/** The work of the thread of texts, one message after the other: it redacts, writes, reads and deletes. */
export class TextThread {
  readonly #path: string
  readonly #send: (message: FromThread) => void
  #settings: TextSettings
  #redactor: Promise<Redactor> | undefined
  #database: DatabaseSync | undefined
  #failure: { readonly error: unknown; readonly at: number } | undefined
  #pruning: NodeJS.Timeout | undefined
  #last: Promise<void> = Promise.resolve()

  constructor({ path, settings }: ThreadStart, send: (message: FromThread) => void) {
    this.#path = path
    this.#settings = settings
    this.#send = send
  }

  receive(message: Work): void {
    this.#last = this.#last.then(async () => await this.#work(message))
  }

  async close(): Promise<void> {
    await this.#last
    clearTimeout(this.#pruning)
    this.#database?.close()
    this.#database = undefined
  }

  /** Never rejects. */
  async #work(message: Work): Promise<void> {
    if (message.kind === 'settings') {
      this.#settings = message.settings
      this.#redactor = undefined
    } else if (message.kind === 'read') this.#read(message)
    else if (message.kind === 'redact') await this.#redact(message)
    else await this.#write(message)
  }

  #read({ id, key }: Extract<ToThread, { kind: 'read' }>): void {
    try {
      this.#send({ kind: 'answer', id, value: readTexts(this.#opened(), key) })
    } catch (error) {
      this.#send({ kind: 'answer', id, error: reasonOf(error) })
    }
  }

  /** Answers with redacted texts, which are not kept. */
  async #redact({ id, texts }: Extract<ToThread, { kind: 'redact' }>): Promise<void> {
    try {
      this.#send({ kind: 'answer', id, value: await this.#redacted(texts) })
    } catch (error) {
      this.#send({ kind: 'answer', id, error: reasonOf(error) })
    }
  }

  async #write({ texts, size }: Extract<ToThread, { kind: 'write' }>): Promise<void> {
    try {
      const redacted = await this.#redacted(texts.texts)
      writeTexts(this.#opened(), { ...texts, texts: redacted })
      this.#send({ kind: 'written', count: 1, size })
    } catch (error) {
      this.#send({ kind: 'written', count: 1, size, error: reasonOf(error) })
    }
  }

  async #redacted(texts: readonly SentTexts[]): Promise<KeptTexts[]> {
    const redactor = await (this.#redactor ??= this.#loadRedactor())
    const redacted = texts.map(({ n, prompt, answer }) => ({
      n,
      prompt: redactor.redact(prompt),
      answer: redactor.redact(answer),
    }))
    const { failure } = redactor
    redactor.failure = undefined
    if (failure !== undefined) this.#send({ kind: 'unredacted', reason: failure })
    return redacted
  }

  async #loadRedactor(): Promise<Redactor> {
    try {
      return await Redactor.load(this.#settings)
    } catch (error) {
      const { redactWith } = this.#settings
      const message = `ledger.bodies.redact_with: ${redactWith} cannot be loaded: ${reasonOf(error)}`
      throw new Error(message, { cause: error })
    }
  }

  /** Opens the database on first use, and after a failure once some time has passed. */
  #opened(): DatabaseSync {
    if (this.#database) return this.#database
    const now = performance.now()
    if (this.#failure && now - this.#failure.at < reopenMs) throw this.#failure.error
    try {
      this.#database = openTexts(this.#path)
    } catch (error) {
      this.#failure = { error, at: now }
      throw error
    }
    this.#failure = undefined
    this.#prune()
    return this.#database
  }

  /** Deletes portion by portion, with time for other work between them. */
  #prune = (): void => {
    if (!this.#database) return
    let more = false
    try {
      more = pruneTexts(this.#database, this.#settings)
    } catch {
      // It is busy or full; the next time may do.
    }
    this.#pruning = setTimeout(this.#prune, more ? 10 : pruneMs)
    this.#pruning.unref()
  }
}
