const buckets = 10
const bucketMs = 1_000

/** Exact counts of successes and failures over the last ten seconds, in steps of one second. */
export class OutcomeWindow {
  readonly #succeeded = Array.from<number>({ length: buckets }).fill(0)
  readonly #failed = Array.from<number>({ length: buckets }).fill(0)
  /** Number of the newest second that has a bucket. */
  #newest = 0

  add(success: boolean, now: number): void {
    this.#advance(now)
    const counts = success ? this.#succeeded : this.#failed
    counts[this.#newest % buckets]! += 1
  }

  /** The number of outcomes, and the share of failures among them. */
  at(now: number): { readonly count: number; readonly failedShare: number } {
    this.#advance(now)
    const failed = this.#failed.reduce((sum, count) => sum + count, 0)
    const count = failed + this.#succeeded.reduce((sum, succeeded) => sum + succeeded, 0)
    return { count, failedShare: count === 0 ? 0 : failed / count }
  }

  clear(): void {
    this.#succeeded.fill(0)
    this.#failed.fill(0)
  }

  #advance(now: number): void {
    const current = Math.floor(now / bucketMs)
    if (current - this.#newest >= buckets) this.clear()
    else for (let second = this.#newest + 1; second <= current; second++) this.#empty(second % buckets)
    this.#newest = Math.max(this.#newest, current)
  }

  #empty(bucket: number): void {
    this.#succeeded[bucket] = 0
    this.#failed[bucket] = 0
  }
}
