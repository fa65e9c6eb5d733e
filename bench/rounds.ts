import { setImmediate as turn } from 'node:timers/promises'
import type { Call, Upstream } from '../src/contract/index.ts'

/**
 * Lets the model calls of one request through in rounds: those that wait go together, as soon as nothing else of the
 * request can go on. So every call takes exactly one unit of time, and the number of rounds is how long the request
 * takes: its critical path.
 */
export class Rounds {
  #count = 0
  #running = 0
  #arrivals = 0
  #waiting: { readonly call: Call; readonly go: () => void }[] = []

  get count(): number {
    return this.#count
  }

  through(upstream: Upstream): Upstream {
    return async (request, call) => {
      await this.#next(call)
      try {
        return await upstream(request, call)
      } finally {
        this.#running--
        void this.#openWhenQuiet()
      }
    }
  }

  #next(call: Call): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#arrivals++
    this.#waiting.push({ call, go: resolve })
    void this.#openWhenQuiet()
    return promise
  }

  /** What follows from an answer that came needs a few turns of the event loop to ask its next question. */
  async #openWhenQuiet(): Promise<void> {
    const arrivals = this.#arrivals
    for (let turns = 0; turns < 3; turns++) await turn()
    if (this.#running > 0 || this.#arrivals !== arrivals || this.#waiting.length === 0) return
    const due = this.#waiting
    this.#waiting = []
    this.#running = due.length
    // A call that was given up while it waited takes no time.
    if (due.some(({ call }) => !call.signal.aborted)) this.#count++
    for (const { go } of due) go()
  }
}
