import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Owner } from './fake-provider/ports.ts'

interface Waiting {
  /** The time at which it runs, on the clock of the test. */
  readonly dueAt: number
  readonly run: () => void
}

/** The longest delay that Node knows. */
const longestMs = 2 ** 31 - 1

interface ClockOptions {
  /** Whether limits run out by `pass` alone, such as those for a real program, which takes as long as the machine lets it. */
  readonly isPatient?: boolean
}

/**
 * A clock that a test sets ahead, so that a time limit runs out when the test says so, however slow the machine is. Until then
 * time passes as always: the limits are long, and only `pass` reaches them. It replaces `setTimeout`, `performance.now` and
 * `Date.now` of the whole process until the test ends.
 */
export class TestClock {
  readonly #real = { setTimeout, clearTimeout, monotonic: performance.now.bind(performance), date: Date.now }
  readonly #waiting = new Map<NodeJS.Timeout, Waiting>()
  readonly #isPatient: boolean
  #aheadMs = 0

  private constructor({ isPatient = false }: ClockOptions) {
    this.#isPatient = isPatient
    globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      this.#start(() => callback(...args), ms)) as typeof setTimeout
    globalThis.clearTimeout = timer => {
      this.#waiting.delete(timer as NodeJS.Timeout)
      this.#real.clearTimeout(timer)
    }
    performance.now = () => this.#now()
    Date.now = () => this.#real.date() + this.#aheadMs
  }

  static start(t: Owner, options: ClockOptions = {}): TestClock {
    const clock = new TestClock(options)
    t.teardown(() => clock.#stop())
    return clock
  }

  /**
   * Sets the clock ahead. The timers that are due by then run in their order, each in a turn of the event loop of its own and,
   * as in Node, before that turn reads any input.
   */
  async pass(seconds: number): Promise<void> {
    const end = this.#aheadMs + seconds * 1000
    for (;;) {
      const [next] = [...this.#waiting].toSorted(([, one], [, other]) => one.dueAt - other.dueAt)
      // Real time passes as well, and brings the timers nearer that began meanwhile.
      const ahead = next ? next[1].dueAt - this.#real.monotonic() : Infinity
      if (!next || ahead > end) break
      this.#aheadMs = Math.max(this.#aheadMs, ahead)
      const [timer, waiting] = next
      await new Promise<void>(resolve => {
        this.#real.setTimeout(() => {
          if (this.#waiting.get(timer) === waiting) waiting.run()
          resolve()
        }, 0)
      })
      await nextTurn()
    }
    this.#aheadMs = end
  }

  #now(): number {
    return this.#real.monotonic() + this.#aheadMs
  }

  #start(callback: () => void, ms: number): NodeJS.Timeout {
    let hasRun = false
    const run = () => {
      hasRun = true
      // It may have run before Node's time for it, and keeps no process alive until then.
      timer.unref()
      if (this.#waiting.delete(timer)) callback()
    }
    const timer = this.#real.setTimeout(run, this.#isPatient ? longestMs : ms)
    const refresh = timer.refresh.bind(timer)
    const wait = () => void this.#waiting.set(timer, { dueAt: this.#now() + ms, run })
    timer.refresh = () => {
      if (hasRun) timer.ref()
      wait()
      return refresh()
    }
    wait()
    return timer
  }

  #stop(): void {
    globalThis.setTimeout = this.#real.setTimeout
    globalThis.clearTimeout = this.#real.clearTimeout
    performance.now = this.#real.monotonic
    Date.now = this.#real.date
  }
}
