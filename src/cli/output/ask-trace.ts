import type { AttemptReport } from '../../contract/index.ts'
import { callRows } from '../../server/ledger/record/call-rows.ts'
import { RequestRecord } from '../../server/ledger/record/request-record.ts'
import { callTree } from '../../server/ledger/shown-request.ts'
import { within } from '../../time/within.ts'
import { renderCalls } from './trace-tree.ts'

/** The part of an output stream that the trace needs. */
interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write: (text: string) => unknown
}

/** Milliseconds in which the last attempts have to report their end: a connection may outlive its answer. */
const lingerMs = 1_000

/** Collects the calls behind one answer, or behind the failure to get one, and prints them as a tree. */
export class AskTrace extends RequestRecord {
  readonly #output: Output
  readonly #startedAt = performance.now()
  #changed = Promise.withResolvers<void>()

  constructor(output: Output) {
    super()
    this.#output = output
  }

  override attempted(report: AttemptReport): void {
    super.attempted(report)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  /** Prints the calls once all attempts have ended, or soon after the answer; nothing if none was made. */
  async print(): Promise<void> {
    await within(this.#all(), lingerMs, () => new Error('too slow')).catch(() => {})
    const ms = performance.now() - this.#startedAt
    const tree = callTree(callRows(this, this.#startedAt))
    if (tree.length === 0) return
    const { isTTY = false, columns = Infinity } = this.#output
    this.#output.write(`\n${renderCalls(tree, ms, isTTY ? columns : Infinity).join('\n')}\n`)
  }

  async #all(): Promise<void> {
    const begun = () => this.runs.reduce((sum, { meter }) => sum + meter.attempts, 0)
    while (this.attempts.length < begun()) await this.#changed.promise
  }
}
