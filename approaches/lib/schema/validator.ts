import { Worker } from 'node:worker_threads'
import { HulumanageError } from '../../../src/plugin.ts'
import type { Fault, Finding, Task } from './worker.ts'

/** The worker is TypeScript in a checkout and JavaScript in the package. */
const program = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
/** Milliseconds for one task. */
const timeLimit = 2000
const heapMegabytes = 256
const longestProblem = 300

/**
 * Checks texts against JSON schemas, one after the other, in a thread that starts with the first of them. A task whose
 * signal has aborted when its turn comes is not run, and rejects with the reason.
 */
export class Validator {
  #thread: Promise<Worker> | undefined
  #previous: Promise<unknown> = Promise.resolve()

  /** Throws `invalid_value` if a schema cannot be used. */
  async checkSchema(schema: string, signal: AbortSignal): Promise<void> {
    await this.#ask({ schema }, signal)
  }

  /** The faults of a JSON text; empty if it matches the schema. Throws `invalid_value` if that takes too long. */
  async faultsOf(schema: string, text: string, signal: AbortSignal): Promise<readonly Fault[]> {
    const finding = await this.#ask({ schema, text }, signal)
    return finding.kind === 'invalid' ? finding.faults : []
  }

  async #ask(task: Task, signal: AbortSignal): Promise<Exclude<Finding, { kind: 'bad schema' }>> {
    const turn = this.#previous.then(() => {
      signal.throwIfAborted()
      return this.#run(task)
    })
    this.#previous = turn.catch(() => {})
    const finding = await turn
    if (finding?.kind === 'valid' || finding?.kind === 'invalid') return finding
    const problem = finding?.problem.slice(0, longestProblem) ?? 'checking an answer takes too long'
    const message = `response_format: the JSON schema cannot be used: ${problem}; correct or simplify it`
    throw new HulumanageError('invalid_value', message, { param: 'response_format' })
  }

  /** Undefined if the thread did not survive the task, or was ended because of it. */
  async #run(task: Task): Promise<Finding | undefined> {
    const worker = await (this.#thread ??= this.#start())
    const { promise, resolve } = Promise.withResolvers<Finding | undefined>()
    const give = (finding: Finding): void => resolve(finding)
    const fail = (): void => resolve(undefined)
    worker.once('message', give).once('exit', fail)
    const clock = setTimeout(fail, timeLimit)
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
      env: {},
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

/** The validator that all methods share, with its one thread. */
export const validator = new Validator()
