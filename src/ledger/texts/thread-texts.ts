import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'
import { within } from '../../time/within.ts'
import { Questions } from '../thread/questions.ts'
import { reasonOf, unavailable } from '../unavailable.ts'
import { WriteReport } from '../queue/write-report.ts'
import type { FromThread, ThreadStart, ToThread } from './messages.ts'
import type { TextSettings } from './settings.ts'
import type { KeptTexts, RequestTexts, TextKey } from './texts.ts'

/** The program is TypeScript in a checkout and JavaScript in the package. */
const program = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
/** Characters that may wait for the thread; further texts are dropped. */
const maxWaiting = 64 * 1024 * 1024
/** Milliseconds that closing waits for the rest to be written. */
const closeMs = 5_000

/** Prompts and answers in a database of their own, which belongs to a thread. Nothing here waits for it. */
export class ThreadTexts {
  readonly #path: string
  readonly #log: Logger
  readonly #report: WriteReport
  readonly #questions = new Questions()
  #settings: TextSettings
  #worker: Worker | undefined
  /** Texts and their characters that were sent and are not written yet. */
  #sent = { count: 0, size: 0 }
  #closed = false
  /** Whether it is logged that texts could not be redacted. */
  #warned = false

  constructor({ path, settings }: ThreadStart, log: Logger) {
    this.#path = path
    this.#settings = settings
    this.#log = log
    this.#report = new WriteReport(path, log, 'the store of prompts and answers')
  }

  /** Changes what is kept and what is left out. */
  configure(settings: TextSettings): void {
    this.#settings = settings
    this.#warned = false
    if (this.#worker) this.#post({ kind: 'settings', settings })
  }

  record(texts: RequestTexts): void {
    const size = sizeOf(texts)
    if (this.#closed || this.#sent.size + size > maxWaiting) return this.#report.overflowed()
    try {
      this.#post({ kind: 'write', texts, size })
      this.#sent = { count: this.#sent.count + 1, size: this.#sent.size + size }
    } catch (error) {
      // The system has no thread to give.
      this.#report.failed(1, reasonOf(error))
    }
  }

  /** Reads the texts of a request; the thread has written by then what was recorded before. */
  async read(key: TextKey): Promise<readonly KeptTexts[]> {
    const worker = this.#threadToAsk()
    worker.ref()
    try {
      const answer = await this.#questions.ask(id => this.#post({ kind: 'read', id, key }))
      return answer as readonly KeptTexts[]
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
      workerData: { path: this.#path, settings: this.#settings } satisfies ThreadStart,
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
    if (message.kind === 'unredacted') return this.#warn(message.reason)
    const { count, size, error } = message
    this.#sent = { count: this.#sent.count - count, size: this.#sent.size - size }
    if (error === undefined) this.#report.wrote(count)
    else this.#report.failed(count, error)
  }

  #warn(reason: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#log.warn({ ledger: this.#path, reason }, 'a text could not be redacted, and is not kept')
  }

  /** The thread is gone with all that it was sent; the next texts or question start another one. */
  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#questions.fail(reason)
    if (this.#sent.count > 0) this.#report.failed(this.#sent.count, reason)
    this.#sent = { count: 0, size: 0 }
  }
}

function sizeOf({ texts }: RequestTexts): number {
  return texts
    .flatMap(({ prompt, answer }) => [...prompt, ...answer])
    .reduce((sum, { text }) => sum + text.length, 0)
}
