import { OutcomeWindow } from './outcome-window.ts'

/** The share of failures in the last ten seconds that is too many, and the outcomes it takes to judge. */
const tooManyShare = 0.5
const minimumOutcomes = 10

/**
 * Counts failures in a row and their share of recent outcomes. Neither is conclusive while all failures in a row come
 * from one request: a request that breaks every provider must not take them all out.
 */
export class FailureCount {
  #inRow = 0
  #lastRequest: string | undefined
  #fromSeveral = false
  readonly #window = new OutcomeWindow()

  /** Failures since the last success. */
  get inRow(): number {
    return this.#inRow
  }

  succeeded(now: number): void {
    this.#window.add(true, now)
  }

  failed(requestId: string, now: number): void {
    this.#window.add(false, now)
    this.#inRow++
    if (this.#lastRequest !== undefined && this.#lastRequest !== requestId) this.#fromSeveral = true
    this.#lastRequest = requestId
  }

  /** Whether there are `threshold` failures in a row, or too large a share of failures. */
  isTooHigh(threshold: number, now: number): boolean {
    if (!this.#fromSeveral) return false
    const { count, failedShare } = this.#window.at(now)
    return this.#inRow >= threshold || (count >= minimumOutcomes && failedShare > tooManyShare)
  }

  endRow(): void {
    this.#inRow = 0
    this.#lastRequest = undefined
    this.#fromSeveral = false
  }

  forgetOutcomes(): void {
    this.#window.clear()
  }
}
