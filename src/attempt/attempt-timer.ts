/** The event that an attempt waits for. */
export type TimerName = 'request' | 'pass_through' | 'first_token' | 'idle' | 'ending' | 'linger'

/** Milliseconds for which a provider may keep its connection open after `[DONE]`. */
export const lingerMs = 1_000

/** Milliseconds for which usage and `[DONE]` are awaited behind the end of an answer. */
const endingMs = 5_000

/** A time before the end at which waiting may no longer be worth it. */
export interface Impatience {
  readonly afterMs: number
  /** Called when the time has come: the milliseconds in all for which to wait after all, if more than `afterMs`. */
  readonly limitMs: () => number
}

/**
 * The one timer of an attempt; it runs for one thing at a time. If this process was busy when the time ran out, the answer
 * may have arrived meanwhile: what has is read first.
 */
export class AttemptTimer {
  readonly #onTimeout: () => void
  #timeout: NodeJS.Timeout | undefined
  #hasRunOut = false
  #impatience: Impatience | undefined
  #milliseconds = 0
  #isPaused = false
  name: TimerName = 'request'

  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout
  }

  /** Starts it for something else. With `impatience`, it may run out sooner. */
  start(name: TimerName, milliseconds: number, impatience?: Impatience): void {
    clearTimeout(this.#timeout)
    this.name = name
    this.#hasRunOut = false
    this.#impatience = impatience
    this.#milliseconds = milliseconds
    this.#isPaused = false
    this.#timeout = setTimeout(this.#runOut, impatience?.afterMs ?? milliseconds)
  }

  /** Restarts it if it runs. */
  refresh(): void {
    this.#hasRunOut = false
    this.#timeout?.refresh()
  }

  stop(): void {
    clearTimeout(this.#timeout)
    this.#hasRunOut = false
    this.#isPaused = false
    this.#timeout = undefined
  }

  /**
   * Waits for the next event of a stream, if it runs for one: `idleMs`, or a shorter time once the answer is over, which no
   * event prolongs unless it continues the answer.
   */
  awaitNext(isOver: boolean, idleMs: number): void {
    if (!this.#timeout || (this.name !== 'idle' && this.name !== 'ending')) return
    if (isOver && this.name === 'idle') this.start('ending', Math.min(endingMs, idleMs))
    else if (!isOver && this.name === 'ending') this.start('idle', idleMs)
    else if (!isOver) this.refresh()
  }

  /** Stops it until `resume`. */
  pause(): void {
    this.stop()
    this.#isPaused = true
  }

  /** Starts it again for the same if it was paused, and not started for something else since. */
  resume(): void {
    if (this.#isPaused) this.start(this.name, this.#milliseconds)
  }

  /** Between the timers and the immediates of a turn, sockets are read. */
  readonly #runOut = (): void => {
    this.#hasRunOut = true
    setImmediate(() => {
      if (this.#hasRunOut && !this.#waitOn()) this.#onTimeout()
    })
  }

  /** Whether there is more time, for which the timer has been started again. */
  #waitOn(): boolean {
    const { afterMs, limitMs } = this.#impatience ?? {}
    const leftMs = limitMs && afterMs !== undefined ? limitMs() - afterMs : 0
    if (leftMs <= 0) return false
    this.start(this.name, leftMs)
    return true
  }
}
