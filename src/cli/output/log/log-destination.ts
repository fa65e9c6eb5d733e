import fs from 'node:fs'
import type { DestinationStream } from 'pino'

/**
 * Characters of lines that are written at once. A write for each line, and its hand-over to a thread, would cost more under
 * load than everything else about the line.
 */
const batchLength = 15 * 1024

/** Milliseconds that a line waits at most for others. */
const maxWaitMs = 100

/** Maximum characters that wait for a slow disk or reader; lines beyond are dropped. */
const maxWaiting = 4 * 1024 * 1024

/** Milliseconds after which a busy descriptor is tried again. */
const busyMs = 50

/** Milliseconds after which a descriptor that failed otherwise is tried again: a full disk has room again sometime. */
const failedMs = 1_000

/** Milliseconds that a synchronous flush waits for a reader that reads nothing. */
const maxBusyMs = 10_000

const nothing = Buffer.alloc(0)

/**
 * A file descriptor for log lines, which are written in the background and in batches. All of them are written before the
 * process exits, unless it is killed or the descriptor cannot be written: its reader is gone, or the disk is full.
 *
 * pino's own destination flushes at exit until it succeeds: a server whose log has lost its reader would never exit.
 */
export class LogDestination implements DestinationStream {
  readonly #descriptor: number
  readonly #onError: (error: Error) => void
  readonly #onExit = () => this.flushSync()
  /** Lines for the next write. */
  #batch = ''
  #timer: NodeJS.Timeout | undefined
  /** The batch that is being written, or whose write failed and is tried again, as far as it is not written yet. */
  #unwritten: Buffer = nothing
  /** A write runs in the background. */
  #writing = false
  /** The lines of the batch have waited long enough, and follow as soon as `#unwritten` is written. */
  #due = false
  /** The descriptor takes no more lines. */
  #ended = false

  /** `onError` is called whenever the descriptor cannot be written. */
  constructor(descriptor: number, onError: (error: Error) => void = () => {}) {
    this.#descriptor = descriptor
    this.#onError = onError
    process.on('exit', this.#onExit)
  }

  write(line: string): void {
    const waiting = this.#unwritten.length + this.#batch.length
    if (this.#ended || waiting + line.length > maxWaiting) return
    this.#batch += line
    // A write that runs or has failed comes first; after a failure the timer tries again.
    if (this.#isFull() && this.#unwritten.length === 0) this.#writeInBackground()
    else this.#timer ??= setTimeout(() => this.#writeInBackground(), maxWaitMs).unref()
  }

  /** Writes everything that waits before it returns. */
  flushSync(): void {
    if (!this.#writing) {
      writeNow(this.#descriptor, this.#unwritten)
      this.#unwritten = nothing
    }
    writeNow(this.#descriptor, this.#takeBatch())
  }

  /** Writes everything that waits and closes the descriptor. */
  end(): void {
    this.#takeNoMore()
    if (!this.#writing) this.#close()
  }

  #isFull(): boolean {
    return this.#batch.length >= batchLength
  }

  #writeInBackground(): void {
    this.#stopTimer()
    const isAfterAnother = this.#unwritten.length > 0
    this.#due = isAfterAnother && this.#batch !== ''
    if (this.#writing) return
    if (!isAfterAnother) this.#unwritten = this.#takeBatch()
    if (this.#unwritten.length === 0) return
    this.#writing = true
    fs.write(this.#descriptor, this.#unwritten, (error, count) => this.#written(error, count))
  }

  #written(error: NodeJS.ErrnoException | null, count: number): void {
    this.#writing = false
    if (!error) this.#unwritten = this.#unwritten.subarray(count)
    if (this.#ended) return this.#close()
    if (!error) {
      if (this.#unwritten.length > 0 || this.#due || this.#isFull()) this.#writeInBackground()
      return
    }
    if (error.code === 'EPIPE') this.#abandon()
    else
      this.#timer ??= setTimeout(() => this.#writeInBackground(), isBusy(error) ? busyMs : failedMs).unref()
    if (!isBusy(error)) this.#onError(error)
  }

  #takeBatch(): Buffer {
    this.#stopTimer()
    const bytes = Buffer.from(this.#batch)
    this.#batch = ''
    return bytes
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #takeNoMore(): void {
    this.#ended = true
    this.#stopTimer()
  }

  /** The reader of a pipe does not come back. */
  #abandon(): void {
    this.#takeNoMore()
    process.off('exit', this.#onExit)
    this.#batch = ''
    this.#unwritten = nothing
  }

  #close(): void {
    process.off('exit', this.#onExit)
    this.flushSync()
    fs.closeSync(this.#descriptor)
  }
}

/** Writes all bytes before it returns, as far as that is possible. */
function writeNow(descriptor: number, bytes: Uint8Array): void {
  let at = 0
  let waitedMs = 0
  while (at < bytes.length && waitedMs < maxBusyMs) {
    try {
      at += fs.writeSync(descriptor, bytes, at)
      waitedMs = 0
    } catch (error) {
      if (!isBusy(error as NodeJS.ErrnoException)) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs)
      waitedMs += busyMs
    }
  }
}

/** Whether the reader of a pipe is only slow, or a file is locked for a moment. */
function isBusy({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EAGAIN' || code === 'EBUSY'
}
