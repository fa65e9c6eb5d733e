import { createHash } from 'node:crypto'
import { HulumanageError } from '../../../src/plugin.ts'
import { Lane } from './lane.ts'
import type { Fault, Finding, Task } from './worker.ts'

/** Milliseconds for a task that delays all others, and for one that delays only those of other slow schemas. */
export interface TimeLimits {
  readonly quick: number
  readonly slow: number
}
const usualLimits: TimeLimits = { quick: 250, slow: 2000 }
/** Maximum number of schemas that are known to be slow. */
const mostSlow = 1000
const longestProblem = 300

/**
 * Checks texts against JSON schemas, one after the other. A task that takes long is moved to a second thread, and so is
 * every later one of its schema: slow schemas delay each other, but not the rest. A task whose signal has aborted when its turn
 * comes is not run, and rejects with the reason.
 */
export class Validator {
  readonly #quick: Lane
  readonly #slow: Lane
  /** Digests of slow schemas, the oldest first. */
  readonly #slowSchemas = new Set<string>()

  constructor({ quick, slow } = usualLimits) {
    this.#quick = new Lane(quick)
    this.#slow = new Lane(slow)
  }

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
    const finding = await this.#find(task, signal)
    if (finding?.kind === 'valid' || finding?.kind === 'invalid') return finding
    const problem = finding?.problem.slice(0, longestProblem) ?? 'checking an answer takes too long'
    const message = `response_format: the JSON schema cannot be used: ${problem}; correct or simplify it`
    throw new HulumanageError('invalid_value', message, { param: 'response_format' })
  }

  async #find(task: Task, signal: AbortSignal): Promise<Finding | undefined> {
    const digest = createHash('sha256').update(task.schema).digest('base64')
    if (!this.#slowSchemas.has(digest)) {
      const finding = await this.#quick.run(task, signal)
      if (finding) return finding
      this.#remember(digest)
    }
    return await this.#slow.run(task, signal)
  }

  #remember(digest: string): void {
    const [oldest] = this.#slowSchemas
    if (this.#slowSchemas.size >= mostSlow && oldest !== undefined) this.#slowSchemas.delete(oldest)
    this.#slowSchemas.add(digest)
  }
}

/** The validator that all methods share, with its threads. */
export const validator = new Validator()
