/** The event that an attempt waits for. */
export type TimerName = 'request' | 'pass_through' | 'first_token' | 'idle' | 'linger'

/** Milliseconds for which a provider may keep its connection open after `[DONE]`. */
export const lingerMs = 1_000

/**
 * The one timer of an attempt; it runs for one thing at a time. If this process was busy when the time ran out, the answer
 * may have arrived meanwhile: what has is read first.
 */
export class AttemptTimer {
  readonly #onTimeout: () => void
  #timeout: NodeJS.Timeout | undefined
  #hasRunOut = false
  name: TimerName = 'request'

  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout
  }

  /** Starts it for something else. */
  start(name: TimerName, milliseconds: number): void {
    clearTimeout(this.#timeout)
    this.name = name
    this.#hasRunOut = false
    this.#timeout = setTimeout(this.#runOut, milliseconds)
  }

  /** Restarts it if it runs. */
  refresh(): void {
    this.#hasRunOut = false
    this.#timeout?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timeout)
    this.#hasRunOut = false
    this.#timeout = undefined
  }

  /** Between the timers and the immediates of a turn, sockets are read. */
  readonly #runOut = (): void => {
    this.#hasRunOut = true
    setImmediate(() => {
      if (this.#hasRunOut) this.#onTimeout()
    })
  }
}
