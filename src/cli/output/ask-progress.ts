import type { Outcome } from '../../chain/request.ts'
import type { AttemptReport, RequestCost, Usage } from '../../contract/index.ts'
import { shortUsd } from '../../text/usd.ts'

/** The part of an output stream that progress needs. */
export interface Terminal {
  readonly isTTY?: boolean
  write: (text: string) => unknown
}

/**
 * Shows the progress of a chain in one line of a terminal that is overwritten. Silent if the output is not a
 * terminal.
 */
export class AskProgress {
  readonly #terminal: Terminal
  readonly #started = performance.now()
  #answered = 0
  #failed = 0
  #shown = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Shows a note of a step. */
  note(text: string): void {
    this.#show(text)
  }

  /** Counts an attempt that has ended, and shows the counts. */
  countAttempt(report: AttemptReport): void {
    if (report.outcome === 'ok') this.#answered++
    else this.#failed++
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`
    this.#show(`${report.path}: ${this.#answered} answered${failed}`)
  }

  /** Clears the line to make room for the answer. */
  clear(): void {
    if (this.#shown) this.#terminal.write('\r\u001B[K')
    this.#shown = false
  }

  /** Prints a last line with the cost of the answer. */
  finish(outcome: Outcome, usage: Usage | undefined): void {
    const { meter, approach } = outcome
    this.conclude([
      approach,
      meter.provider,
      `${meter.calls} ${meter.calls === 1 ? 'call' : 'calls'}`,
      usage && `${usage.total_tokens} tokens`,
      costText(meter.cost),
      meter.spent && `the budget of ${meter.spent} ran out`,
    ])
  }

  /** Prints a last line with these facts, as far as they are known, and the time it took. */
  conclude(facts: readonly (string | undefined)[]): void {
    if (!this.#terminal.isTTY) return
    const seconds = `${((performance.now() - this.#started) / 1000).toFixed(1)} s`
    this.#terminal.write(`\n${[...facts.filter(Boolean), seconds].join(' · ')}\n`)
  }

  #show(text: string): void {
    if (!this.#terminal.isTTY) return
    const line = text.replaceAll(/\s+/g, ' ').slice(0, 100)
    this.#terminal.write(`\r\u001B[K${line}`)
    this.#shown = true
  }
}

/** A cost with as many decimals as a person reads; undefined if it is unknown, or nothing was paid. */
function costText({ usd, wasted_usd: wasted, estimated }: RequestCost): string | undefined {
  if (!usd) return undefined
  const shown = `${estimated ? 'about ' : ''}$${shortUsd(usd)}`
  return wasted ? `${shown} ($${shortUsd(wasted)} of it wasted)` : shown
}
