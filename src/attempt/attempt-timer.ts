/** The event that an attempt waits for. */
export type TimerName = 'request' | 'pass_through' | 'first_token' | 'idle' | 'linger'

/** Milliseconds for which a provider may keep its connection open after `[DONE]`. */
export const lingerMs = 1_000

/** The one timer of an attempt; it runs for one thing at a time. */
export class AttemptTimer {
  readonly #onTimeout: () => void
  #timeout: NodeJS.Timeout | undefined
  name: TimerName = 'request'

  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout
  }

  /** Starts it for something else. */
  start(name: TimerName, milliseconds: number): void {
    clearTimeout(this.#timeout)
    this.name = name
    this.#timeout = setTimeout(this.#onTimeout, milliseconds)
  }

  /** Restarts it if it runs. */
  refresh(): void {
    this.#timeout?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timeout)
    this.#timeout = undefined
  }
}
