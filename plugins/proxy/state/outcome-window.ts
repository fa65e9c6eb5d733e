const buckets = 10
const bucketMs = 1_000

/** Exact counts of successes and failures over the last ten seconds, in steps of one. */
export class OutcomeWindow {
  readonly #ok = Array.from<number>({ length: buckets }).fill(0)
  readonly #failed = Array.from<number>({ length: buckets }).fill(0)
  #newest = 0

  add(ok: boolean, now: number): void {
    this.#advance(now)
    const counts = ok ? this.#ok : this.#failed
    counts[this.#newest % buckets]! += 1
  }

  /** Outcomes and the share of failures among them. */
  at(now: number): { readonly count: number; readonly failedShare: number } {
    this.#advance(now)
    const failed = this.#failed.reduce((sum, count) => sum + count, 0)
    const count = failed + this.#ok.reduce((sum, ok) => sum + ok, 0)
    return { count, failedShare: count === 0 ? 0 : failed / count }
  }

  clear(): void {
    this.#ok.fill(0)
    this.#failed.fill(0)
  }

  #advance(now: number): void {
    const current = Math.floor(now / bucketMs)
    if (current - this.#newest >= buckets) this.clear()
    else for (let step = this.#newest + 1; step <= current; step++) this.#empty(step % buckets)
    this.#newest = Math.max(this.#newest, current)
  }

  #empty(bucket: number): void {
    this.#ok[bucket] = 0
    this.#failed[bucket] = 0
  }
}
