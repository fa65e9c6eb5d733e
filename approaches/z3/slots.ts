/** Runs at most `count` tasks at a time; others wait in order of arrival, or until their signal aborts. */
export class Slots {
  #free: number
  /** Functions that resume the waiting tasks, the oldest first. */
  readonly #waiters = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#acquire(signal)
    try {
      return await work()
    } finally {
      this.#release()
    }
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const resume = (): void => resolve(undefined)
    const leave = (): void => {
      if (this.#waiters.delete(resume)) reject(signal.reason as Error)
    }
    this.#waiters.add(resume)
    signal.addEventListener('abort', leave)
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** Passes the slot to the oldest waiter; without waiters, it is free. */
  #release(): void {
    const [resume] = this.#waiters
    if (!resume) {
      this.#free++
      return
    }
    this.#waiters.delete(resume)
    resume()
  }
}
