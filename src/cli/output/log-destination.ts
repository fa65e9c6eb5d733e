import { pino } from 'pino'
import type { DestinationStream } from 'pino'

/**
 * Characters of lines that are written at once. Under load a line is then not worth a write of its own, and a hand-over to
 * a thread, which cost more than all else about it.
 */
const batchLength = 15 * 1024

/** More than a batch, and less than pino's own maximum, so that pino writes only when it is told to. */
const neverByItself = 16 * 1024 - 1

/** Milliseconds that a line waits at most for others. */
const maxWaitMs = 100

/** Maximum bytes that wait for a slow disk or reader; batches beyond are dropped. */
const maxWaitingBytes = 4 * 1024 * 1024

/**
 * A file descriptor for log lines, which are written in the background and in batches. All of them are written before the
 * process exits, unless it is killed.
 */
export class LogDestination implements DestinationStream {
  readonly #file: ReturnType<typeof pino.destination>
  readonly #onExit = () => this.flushSync()
  /** Collected here: pino would measure its own batch again for each line. */
  #batch = ''
  #timer: NodeJS.Timeout | undefined
  /** A write runs in the background. */
  #writing = false
  /** Lines wait for the end of that write: pino ignores a flush until then. */
  #due = false
  #closed = false

  /** `onError` is called whenever the descriptor cannot be written. */
  constructor(descriptor: number, onError?: (error: Error) => void) {
    this.#file = pino.destination({
      dest: descriptor,
      sync: false,
      minLength: neverByItself,
      maxLength: maxWaitingBytes,
    })
    this.#file.once('close', () => {
      this.#closed = true
    })
    this.#file.on('drain', () => this.#written())
    this.#file.on('error', (error: Error) => {
      this.#written()
      onError?.(error)
    })
    // Before the first of these, pino closes the descriptor once it has written all that it has been given.
    process.prependListener('beforeExit', this.#onExit)
    process.prependListener('exit', this.#onExit)
  }

  write(line: string): void {
    this.#batch += line
    if (this.#batch.length >= batchLength) this.#writeInBackground()
    else this.#timer ??= setTimeout(() => this.#writeInBackground(), maxWaitMs).unref()
  }

  /** Writes everything that waits before it returns. */
  flushSync(): void {
    if (this.#closed) return
    this.#handOver()
    this.#file.flushSync()
  }

  /** Closes the descriptor once everything is written. */
  end(): void {
    process.off('beforeExit', this.#onExit)
    process.off('exit', this.#onExit)
    if (this.#closed) return
    this.#handOver()
    this.#file.end()
  }

  #writeInBackground(): void {
    if (this.#closed) return
    this.#handOver()
    this.#due = this.#writing
    if (this.#due) return
    this.#writing = true
    this.#file.flush()
  }

  #written(): void {
    this.#writing = false
    if (this.#due) this.#writeInBackground()
  }

  #handOver(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#batch === '') return
    this.#file.write(this.#batch)
    this.#batch = ''
  }
}
