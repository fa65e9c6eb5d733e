import type { Timed } from './timer-heap.ts'

/** The clock that a timer runs on. */
export interface TimerClock {
  readonly now: number
  set: (timer: VirtualTimer, delayMs: number) => void
  clear: (timer: VirtualTimer) => void
}

/** A timer on the virtual clock, with what programs use of Node's `Timeout`. */
export class VirtualTimer implements Timed {
  at = 0
  order = 0
  index = -1
  readonly #clock: TimerClock
  readonly #callback: (...values: never[]) => unknown
  readonly #values: readonly unknown[]
  readonly #delayMs: number
  readonly #repeats: boolean

  /** `repeats`: it is set again each time, as `setInterval` does. */
  constructor(
    clock: TimerClock,
    callback: (...values: never[]) => unknown,
    delayMs: number,
    values: readonly unknown[] = [],
    repeats = false,
  ) {
    this.#clock = clock
    this.#callback = callback
    this.#values = values
    this.#delayMs = delayMs
    this.#repeats = repeats
  }

  /** Sets it, from now on. */
  refresh(): this {
    this.#clock.set(this, this.#delayMs)
    return this
  }

  fire(): void {
    if (this.#repeats) this.refresh()
    this.#callback(...(this.#values as never[]))
  }

  ref(): this {
    return this
  }

  /** A virtual clock runs as long as its simulation does, whatever is set on it. */
  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }

  close(): this {
    this.#clock.clear(this)
    return this
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
