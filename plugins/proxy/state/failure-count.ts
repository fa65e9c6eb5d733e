import { OutcomeWindow } from './outcome-window.ts'

/** The share of failures in the last ten seconds that is too many, and the outcomes it takes to judge. */
const tooManyShare = 0.5
const minimumOutcomes = 10
/** Failed background checks in a row that take out a provider at which no call has lately succeeded. */
export const failedChecksLimit = 3

/** Failures in a row, and whether they agree: those of one request, or with one model, may be its fault. */
export class FailureRow {
  #length = 0
  #lastRequest: string | undefined
  #lastModel: string | undefined
  #fromSeveralRequests = false
  #fromSeveralModels = false

  /** Failures since the last success. */
  get length(): number {
    return this.#length
  }

  get isFromSeveralRequests(): boolean {
    return this.#fromSeveralRequests
  }

  get isFromSeveralModels(): boolean {
    return this.#fromSeveralModels
  }

  failed(requestId: string, model: string): void {
    this.#length++
    if (this.#length > 1) {
      this.#fromSeveralRequests ||= this.#lastRequest !== requestId
      this.#fromSeveralModels ||= this.#lastModel !== model
    }
    this.#lastRequest = requestId
    this.#lastModel = model
  }

  end(): void {
    if (this.#length === 0) return
    this.#length = 0
    this.#fromSeveralRequests = false
    this.#fromSeveralModels = false
  }
}

/**
 * Counts failures in a row and their share of recent outcomes. Neither is conclusive while all failures in a row come
 * from one request: a request that breaks every provider must not take them all out.
 */
export class FailureCount {
  readonly #row = new FailureRow()
  readonly #window = new OutcomeWindow()

  succeeded(now: number): void {
    this.#window.add(true, now)
    this.#row.end()
  }

  failed(requestId: string, model: string, now: number): void {
    this.#window.add(false, now)
    this.#row.failed(requestId, model)
  }

  /** Whether there are `threshold` failures in a row, or too large a share of failures. */
  isTooHigh(threshold: number, now: number): boolean {
    if (!this.#row.isFromSeveralRequests) return false
    const { count, failedShare } = this.#window.at(now)
    return this.#row.length >= threshold || (count >= minimumOutcomes && failedShare > tooManyShare)
  }

  /** Begins again, as after a pause. */
  reset(): void {
    this.#row.end()
    this.#window.clear()
  }
}
