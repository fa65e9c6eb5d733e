/** Calls back at the earliest of the times it was set to, once; then it can be set anew. */
export class Alarm {
  readonly #ring: () => void
  #timer: NodeJS.Timeout | undefined
  #at = Number.POSITIVE_INFINITY

  constructor(ring: () => void) {
    this.#ring = ring
  }

  /** `at` is on the clock of `performance.now()`, in milliseconds. */
  set(at: number): void {
    if (at >= this.#at) return
    clearTimeout(this.#timer)
    this.#at = at
    this.#timer = setTimeout(() => this.#goOff(), Math.max(1, Math.ceil(at - performance.now())))
    this.#timer.unref()
  }

  #goOff(): void {
    this.#at = Number.POSITIVE_INFINITY
    this.#ring()
  }
}
