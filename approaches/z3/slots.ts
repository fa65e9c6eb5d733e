/** Lets so many pieces of work run at once; others wait their turn, or until their signal aborts. */
export class Slots {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#take(signal)
    try {
      return await work()
    } finally {
      this.#give()
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const turn = (): void => resolve(undefined)
    const leave = (): void => {
      if (this.#waiting.delete(turn)) reject(signal.reason as Error)
    }
    this.#waiting.add(turn)
    signal.addEventListener('abort', leave)
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** To whoever waits longest. */
  #give(): void {
    const [turn] = this.#waiting
    if (!turn) {
      this.#free++
      return
    }
    this.#waiting.delete(turn)
    turn()
  }
}
