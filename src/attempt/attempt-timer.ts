/** What an attempt can wait for. */
export type ClockName = 'request' | 'first_token' | 'idle' | 'linger'

/** The one clock of an attempt that runs at a time. */
export class AttemptClock {
  readonly #onTimeUp: () => void
  #timer: NodeJS.Timeout | undefined
  name: ClockName = 'request'

  constructor(onTimeUp: () => void) {
    this.#onTimeUp = onTimeUp
  }

  start(name: ClockName, milliseconds: number): void {
    clearTimeout(this.#timer)
    this.name = name
    this.#timer = setTimeout(this.#onTimeUp, milliseconds)
  }

  /** Begins the running clock anew. */
  refresh(): void {
    this.#timer?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

/** What did not come, for messages. */
export const missing: Record<ClockName, string> = {
  request: 'no answer',
  first_token: 'no first content',
  idle: 'no further event',
  linger: 'no end after [DONE]',
}
