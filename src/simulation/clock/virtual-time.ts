import { TimerHeap } from './timer-heap.ts'
import { VirtualTimer } from './virtual-timer.ts'
import type { TimerClock } from './virtual-timer.ts'

/** Longest delay that Node's timers take; longer ones fire at once there. */
const longestDelayMs = 2 ** 31 - 1
/** Events between two turns of the real event loop, in which signals and other threads are heard. */
const eventsPerTurn = 500

const realImmediate = setImmediate

/**
 * A clock that moves from one event to the next. Between two events all promises settle and all ticks run, as in an event
 * loop; what is due at the same time happens in the order in which it was set.
 */
export class VirtualTime implements TimerClock {
  /** Milliseconds; as with `performance.now()`, only differences mean anything. */
  now = 1_000
  readonly #timers = new TimerHeap<VirtualTimer>()
  #order = 0

  set(timer: VirtualTimer, delayMs: number): void {
    this.#timers.remove(timer)
    timer.at = this.now + delayMs
    timer.order = this.#order++
    this.#timers.add(timer)
  }

  clear(timer: VirtualTimer): void {
    this.#timers.remove(timer)
  }

  /** Calls back after a delay, however short. */
  after(delayMs: number, callback: () => void): VirtualTimer {
    return new VirtualTimer(this, callback, delayMs).refresh()
  }

  /** A timer as `setTimeout` or `setInterval` makes it: it never fires before the next millisecond. */
  timer(callback: () => unknown, delay: unknown, values: readonly unknown[], repeats: boolean): VirtualTimer {
    const asked = Number(delay)
    const delayMs = asked >= 1 && asked <= longestDelayMs ? asked : 1
    return new VirtualTimer(this, callback, delayMs, values, repeats).refresh()
  }

  /** Calls back after everything that is due now, as `setImmediate` does after timers and sockets. */
  immediate(callback: () => unknown, values: readonly unknown[]): VirtualTimer {
    return new VirtualTimer(this, callback, 0, values).refresh()
  }

  /** Runs events until `isOver`, which is asked after each. Rejects with what a callback throws. */
  run(isOver: () => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let events = 0
    const step = (): void => {
      if (isOver()) return resolve()
      try {
        // Without an event, something real is under way, such as the work of another thread.
        if (this.#advance() && ++events % eventsPerTurn !== 0) queueMicrotask(next)
        else realImmediate(step)
      } catch (error) {
        reject(error)
      }
    }
    // The ticks of a turn run before its microtasks; one that a microtask adds runs when no microtask is left.
    const next = (): void => process.nextTick(step)
    next()
    return promise
  }

  /** Moves to the next event; false if no timer is set. */
  #advance(): boolean {
    const { first } = this.#timers
    if (!first) return false
    this.#timers.remove(first)
    if (first.at > this.now) this.now = first.at
    first.fire()
    return true
  }
}
