import { Worker } from 'node:worker_threads'
import { threadEnvironment } from '../request/thread-environment.ts'
import type { Finding, Task } from './worker.ts'

/** The worker is TypeScript in a checkout and JavaScript in the package. */
const program = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
const heapMegabytes = 256

/** Runs tasks one after the other, in a thread that starts with the first of them. */
export class Lane {
  readonly #timeLimit: number
  #thread: Promise<Worker> | undefined
  #previous: Promise<unknown> = Promise.resolve()

  /** `timeLimit`: milliseconds for one task. */
  constructor(timeLimit: number) {
    this.#timeLimit = timeLimit
  }

  /**
   * Runs a task when its turn comes; undefined if the thread did not survive it, or was ended because of it. Rejects with
   * the reason of a signal that has aborted by then.
   */
  run(task: Task, signal: AbortSignal): Promise<Finding | undefined> {
    const turn = this.#previous.then(() => {
      signal.throwIfAborted()
      return this.#run(task)
    })
    this.#previous = turn.catch(() => {})
    return turn
  }

  async #run(task: Task): Promise<Finding | undefined> {
    const worker = await (this.#thread ??= this.#start())
    const { promise, resolve } = Promise.withResolvers<Finding | undefined>()
    const give = (finding: Finding): void => resolve(finding)
    const fail = (): void => resolve(undefined)
    worker.once('message', give).once('exit', fail)
    // Timers run before messages are read: one more turn lets in a finding that has already arrived.
    const clock = setTimeout(() => setImmediate(fail), this.#timeLimit)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    worker.postMessage(task)
    const finding = await promise
    clearTimeout(clock)
    worker.off('message', give).off('exit', fail)
    if (finding === undefined) await worker.terminate()
    return finding
  }

  /** Starts a thread that does not keep the process alive. The task after its end starts another one. */
  async #start(): Promise<Worker> {
    const worker = new Worker(program, {
      env: threadEnvironment(),
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    })
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    worker.once('message', () => resolve(undefined)).on('error', reject)
    worker.once('exit', status => {
      this.#thread = undefined
      reject(new Error(`The validator did not start: its thread ended with status ${status}`))
    })
    await promise
    worker.unref()
    return worker
  }
}
