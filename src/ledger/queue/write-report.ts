import type { Logger } from 'pino'

/** Counts what a ledger has written and dropped, and logs when it begins to fail and when it works again. */
export class WriteReport {
  readonly #path: string
  readonly #log: Logger
  readonly #subject: string
  #written = 0
  #dropped = 0
  /** Whether the current trouble is logged. */
  #troubled = false

  /** `subject`: what is written, in the words of log lines. */
  constructor(path: string, log: Logger, subject = 'the ledger') {
    this.#path = path
    this.#log = log
    this.#subject = subject
  }

  get written(): number {
    return this.#written
  }

  get dropped(): number {
    return this.#dropped
  }

  /** Whether the newest attempt to write has failed. */
  get isFailing(): boolean {
    return this.#troubled
  }

  wrote(count: number): void {
    this.#written += count
    if (!this.#troubled) return
    this.#troubled = false
    this.#log.info({ ledger: this.#path, dropped: this.#dropped }, `${this.#subject} is written again`)
  }

  /** Counts entries that could not be written. */
  failed(count: number, reason: string): void {
    this.drop(count)
    this.#warn(reason)
  }

  /** Counts an entry that found the queue full. */
  overflowed(): void {
    this.drop(1)
    this.#warn('too many requests are waiting to be written')
  }

  drop(count: number): void {
    this.#dropped += count
  }

  #warn(reason: string): void {
    if (this.#troubled) return
    this.#troubled = true
    const words = `${this.#subject} cannot be written; requests are answered, but not recorded until it can be`
    this.#log.warn({ ledger: this.#path, reason }, words)
  }
}
