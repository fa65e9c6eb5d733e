/** What is lacking below this is an error of rounding. */
const negligible = 1e-6
export const minuteMs = 60_000

/** What has been used of a minute's worth, which comes back steadily. Times in milliseconds, given by the caller. */
export class Bucket {
  size = 0
  #used = 0
  #at = 0

  resize(size: number, now: number): void {
    this.#refill(now)
    this.size = size
  }

  /** Milliseconds until so much may be used; 0: now. More than the bucket holds is allowed when it is full. */
  readyIn(amount: number, now: number): number {
    this.#refill(now)
    const lacking = this.#used + Math.min(amount, this.size) - this.size
    return lacking <= negligible ? 0 : (lacking / this.size) * minuteMs
  }

  use(amount: number, now: number): void {
    this.#refill(now)
    this.#used = Math.max(0, this.#used + amount)
  }

  #refill(now: number): void {
    // Nothing has been used before the first time, whatever clock it is on.
    this.#used = Math.max(0, this.#used - ((now - this.#at) / minuteMs) * this.size)
    this.#at = now
  }
}
