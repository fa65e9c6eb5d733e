import { setImmediate as turn } from 'node:timers/promises'
import type { Call, Upstream } from '../src/contract/index.ts'

/**
 * Releases the model calls of one request in rounds: all waiting calls together, as soon as nothing else of the request can
 * proceed. So every call takes exactly one unit of time, and the number of rounds is the duration of the request: its
 * critical path.
 */
export class Rounds {
  #count = 0
  #completions = 0
  #running = 0
  #arrivals = 0
  #waiting: { readonly call: Call; readonly go: () => void }[] = []

  get count(): number {
    return this.#count
  }

  /** Answers asked for, with each of several in one call counted. */
  get completions(): number {
    return this.#completions
  }

  delay(upstream: Upstream): Upstream {
    return async (request, call) => {
      await this.#next(call)
      this.#completions += request.n ?? 1
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

  /** Waits a few turns of the event loop, since an answer may lead to further calls. */
  async #openWhenQuiet(): Promise<void> {
    const arrivals = this.#arrivals
    for (let turns = 0; turns < 3; turns++) await turn()
    if (this.#running > 0 || this.#arrivals !== arrivals || this.#waiting.length === 0) return
    const due = this.#waiting
    this.#waiting = []
    this.#running = due.length
    // A call that was aborted while it waited takes no time.
    if (due.some(({ call }) => !call.signal.aborted)) this.#count++
    for (const { go } of due) go()
  }
}
