/** Counts, and resolves when a number has been reached. */
export class Counter {
  #count = 0
  readonly #waiting: { readonly at: number; readonly resolve: () => void }[] = []

  get count(): number {
    return this.#count
  }

  increment(): void {
    this.#count += 1
    for (const { at, resolve } of this.#waiting) if (at <= this.#count) resolve()
  }

  reaches(at: number): Promise<void> {
    if (at <= this.#count) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push({ at, resolve }))
  }
}

/** A point where a script waits for the test, so that no test has to sleep. */
export class Gate {
  readonly #arrivals = new Counter()
  readonly #waiting: (() => void)[] = []
  #passes = 0
  #open = false

  /** Resolves when the script has reached the gate for the n-th time. */
  reached(n = 1): Promise<void> {
    return this.#arrivals.reaches(n)
  }

  /** Lets every script through, now and later. */
  release(): void {
    this.#open = true
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Lets one through: the waiting one, or the next to arrive. */
  step(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#passes += 1
  }

  /** Waits here; called by scripts. */
  async pass(): Promise<void> {
    this.#arrivals.increment()
    if (this.#open) return
    if (this.#passes > 0) {
      this.#passes -= 1
      return
    }
    await new Promise<void>(resolve => this.#waiting.push(resolve))
  }
}

/** A closed gate. */
export function gate(): Gate {
  return new Gate()
}
