import type { Logger } from 'pino'
import { OwnThread, workerBeside } from '../thread/own-thread.ts'
import { reasonOf } from '../unavailable.ts'
import { WriteReport } from '../queue/write-report.ts'
import type { News, ThreadStart, ToThread } from './messages.ts'
import type { TextSettings } from './settings.ts'
import type { KeptTexts, RequestTexts, TextKey } from './texts.ts'

/** Characters that may wait for the thread; further texts are dropped. */
const maxWaiting = 64 * 1024 * 1024

/** Prompts and answers in a database of their own, which belongs to a thread. Nothing here waits for it. */
export class ThreadTexts {
  readonly #path: string
  readonly #log: Logger
  readonly #report: WriteReport
  readonly #thread: OwnThread<ToThread, News>
  #settings: TextSettings
  /** Texts and their characters that were sent and are not written yet. */
  #sent = { count: 0, size: 0 }
  /** Requests with texts that could not be redacted. */
  #unredacted = 0
  #closed = false
  /** Whether it is logged that texts could not be redacted. */
  #warned = false

  constructor({ path, settings }: ThreadStart, log: Logger) {
    this.#path = path
    this.#settings = settings
    this.#log = log
    this.#report = new WriteReport(path, log, 'the store of prompts and answers')
    this.#thread = new OwnThread({
      program: workerBeside(import.meta.url),
      path,
      data: () => ({ path, settings: this.#settings }) satisfies ThreadStart,
      onMessage: message => this.#receive(message),
      onEnd: reason => this.#lost(reason),
    })
  }

  /** Requests whose texts could not be kept, or not all of them. */
  get dropped(): number {
    return this.#report.dropped + this.#unredacted
  }

  /** Changes what is kept and what is left out. */
  configure(settings: TextSettings): void {
    this.#settings = settings
    this.#warned = false
    if (this.#thread.isRunning) this.#thread.post({ kind: 'settings', settings })
  }

  record(texts: RequestTexts): void {
    const size = sizeOf(texts)
    if (this.#closed || this.#sent.size + size > maxWaiting) return this.#report.overflowed()
    try {
      this.#thread.post({ kind: 'write', texts, size })
      this.#sent = { count: this.#sent.count + 1, size: this.#sent.size + size }
    } catch (error) {
      // The system has no thread to give.
      this.#report.failed(1, reasonOf(error))
    }
  }

  /** Reads the texts of a request; the thread has written by then what was recorded before. */
  async read(key: TextKey): Promise<readonly KeptTexts[]> {
    return (await this.#thread.ask(id => ({ kind: 'read', id, key }))) as readonly KeptTexts[]
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#thread.close({ kind: 'close' })
  }

  #receive(message: News): void {
    if (message.kind === 'unredacted') return this.#warn(message.reason)
    const { count, size, error } = message
    this.#sent = { count: this.#sent.count - count, size: this.#sent.size - size }
    if (error === undefined) this.#report.wrote(count)
    else this.#report.failed(count, error)
  }

  #warn(reason: string): void {
    this.#unredacted++
    if (this.#warned) return
    this.#warned = true
    this.#log.warn({ ledger: this.#path, reason }, 'a text could not be redacted, and is not kept')
  }

  #lost(reason: string): void {
    if (this.#sent.count > 0) this.#report.failed(this.#sent.count, reason)
    this.#sent = { count: 0, size: 0 }
  }
}

function sizeOf({ texts }: RequestTexts): number {
  return texts
    .flatMap(({ prompt, answer }) => [...prompt, ...answer])
    .reduce((sum, { text }) => sum + text.length, 0)
}
