/** Calls back once, at the earliest of the times it was set to; then it can be set again. */
export class WakeTimer {
  readonly #wake: () => void
  #timer: NodeJS.Timeout | undefined
  #at = Number.POSITIVE_INFINITY

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** `at`: milliseconds on the clock of `performance.now()`. */
  set(at: number): void {
    if (at >= this.#at) return
    clearTimeout(this.#timer)
    this.#at = at
    this.#timer = setTimeout(() => this.#expire(), Math.max(1, Math.ceil(at - performance.now())))
    this.#timer.unref()
  }

  #expire(): void {
    this.#at = Number.POSITIVE_INFINITY
    this.#wake()
  }
}
