import { OutcomeWindow } from './outcome-window.ts'

/** The share of failures in the last ten seconds that is too many, and the outcomes it takes to judge. */
const tooManyShare = 0.5
const minimumOutcomes = 10
/** Failed background checks in a row that take out a provider at which no call has lately succeeded. */
export const failedChecksLimit = 3

/** The part of a call that tells whether its failure agrees with others. */
export interface FailedCall {
  readonly requestId: string
  readonly model: string
  /** Undefined for chats. */
  readonly endpoint?: string | undefined
}

/** Failures in a row, and whether they agree: those of one request, or with one model, may be its fault. */
export class FailureRow {
  #length = 0
  #last: FailedCall | undefined
  #fromSeveralRequests = false
  #fromSeveralModels = false

  /** Failures since the last success. */
  get length(): number {
    return this.#length
  }

  get isFromSeveralRequests(): boolean {
    return this.#fromSeveralRequests
  }

  /** Models at one endpoint other than that of chats count as one: it may be the endpoint that is broken. */
  get isFromSeveralModels(): boolean {
    return this.#fromSeveralModels
  }

  failed(call: FailedCall): void {
    const { requestId, model, endpoint } = call
    this.#length++
    if (this.#last && this.#length > 1) {
      const isSameEndpoint = endpoint !== undefined && this.#last.endpoint === endpoint
      this.#fromSeveralRequests ||= this.#last.requestId !== requestId
      this.#fromSeveralModels ||= this.#last.model !== model && !isSameEndpoint
    }
    this.#last = call
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

  failed(call: FailedCall, now: number): void {
    this.#window.add(false, now)
    this.#row.failed(call)
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
