/** A shortfall below this is a rounding error. */
export const negligible = 1e-6
const minuteMs = 60_000

/** A bucket that holds one minute's allowance and refills steadily. The caller passes the time, in milliseconds. */
export class Bucket {
  size = 0
  #used = 0
  #at = 0

  resize(size: number, now: number): void {
    this.#refill(now)
    this.size = size
  }

  /**
   * Milliseconds until `amount` is available; 0 if it is now. A full bucket serves any amount, even one above its size.
   */
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
    // Before the first use nothing has been used, so any clock will do.
    this.#used = Math.max(0, this.#used - ((now - this.#at) / minuteMs) * this.size)
    this.#at = now
  }
}
