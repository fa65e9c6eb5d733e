import { Worker } from 'node:worker_threads'
import { within } from '../../time/within.ts'
import { reasonOf, unavailable } from '../unavailable.ts'
import { isAnswer, Questions } from './questions.ts'
import type { Answer } from './questions.ts'

/** Milliseconds that a closing thread has to write the rest. */
const closeMs = 5_000

/** The parts of a thread. `Other` are its messages that answer no question. */
export interface OwnThreadOptions<Other> {
  readonly program: URL
  /** The file of its database, or `:memory:`. */
  readonly path: string
  /** The data for a program that starts now. */
  readonly data: () => object
  readonly onMessage: (message: Other) => void
  /** Called when the thread has ended by itself, with all that it was sent. */
  readonly onEnd: (reason: string) => void
}

/**
 * A thread that a database belongs to. It starts when it is first needed, and again if it has ended, and keeps the process alive
 * only while somebody waits for it.
 */
export class OwnThread<To, Other extends { readonly kind: string }> {
  readonly #options: OwnThreadOptions<Other>
  readonly #questions: Questions
  #worker: Worker | undefined

  constructor(options: OwnThreadOptions<Other>) {
    this.#options = options
    this.#questions = new Questions(options.path)
  }

  get isRunning(): boolean {
    return this.#worker !== undefined
  }

  /** Sends a message. Throws if the system has no thread to give. */
  post(message: To): void {
    this.#running().postMessage(message, [])
  }

  /** Resolves with the answer to a question; rejects with `ledger_unavailable`. */
  async ask(question: (id: number) => To): Promise<unknown> {
    const worker = this.#toAsk()
    worker.ref()
    try {
      return await this.#questions.ask(id => this.post(question(id)))
    } finally {
      if (this.#questions.size === 0) worker.unref()
    }
  }

  /** Sends the last message, and waits until the thread has ended. One that takes too long is stopped. */
  async close(last: To): Promise<void> {
    const worker = this.#worker
    if (!worker) return
    worker.ref()
    const ended = new Promise(resolve => {
      worker.once('exit', resolve)
    })
    this.post(last)
    await within(ended, closeMs, () => new Error('too slow')).catch(() => worker.terminate())
  }

  #toAsk(): Worker {
    try {
      return this.#running()
    } catch (error) {
      throw unavailable(reasonOf(error))
    }
  }

  #running(): Worker {
    return (this.#worker ??= this.#start())
  }

  #start(): Worker {
    const { program, data } = this.#options
    const worker = new Worker(program, {
      workerData: data(),
      // Of Node 22, whose SQLite is the same.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    worker.unref()
    worker.on('message', this.#receive)
    worker.on('error', (error: Error) => this.#end(worker, error.message))
    worker.on('exit', () => this.#end(worker, 'its thread has ended'))
    return worker
  }

  readonly #receive = (message: Answer | Other): void => {
    if (isAnswer(message)) this.#questions.answer(message)
    else this.#options.onMessage(message)
  }

  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#questions.fail(reason)
    this.#options.onEnd(reason)
  }
}

/** The program called `worker` beside a module: TypeScript in a checkout, and JavaScript in the package. */
export function workerBeside(module: string): URL {
  return new URL(`./worker${module.slice(module.lastIndexOf('.'))}`, module)
}
