/** The share of its calls that a provider begins with. */
const leastShare = 0.1

/** The return of a provider after an outage: its share of the calls grows from a tenth to all of its usual ones. */
export class SlowStart {
  #from = 0
  #lengthMs = 0

  /** `lengthMs`: how long it takes to the full share; 0: no time. */
  begin(now: number, lengthMs: number): void {
    this.#from = now
    this.#lengthMs = lengthMs
  }

  /** Whether there has been an outage to return from, however long ago. */
  get hasBegun(): boolean {
    return this.#lengthMs > 0
  }

  shareAt(now: number): number {
    const sinceMs = now - this.#from
    return sinceMs < this.#lengthMs ? Math.max(leastShare, sinceMs / this.#lengthMs) : 1
  }
}
