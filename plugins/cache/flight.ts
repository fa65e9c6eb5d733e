import type { Call, Reply } from '../../src/contract/index.ts'

/** One request's place in a flight. */
export interface Seat {
  /** Aborts when the client of this request goes or its time is up. */
  readonly signal: AbortSignal
  /** Whether the call is made for this request; the others only share it. */
  readonly leads: boolean
  /** Gives the seat up before the answer has ended. */
  readonly leave: (reason: unknown) => void
}

/** An answer that several may read. */
export interface Landing {
  /** The answer for one of them; undefined where it can no longer be read from its beginning. */
  reply: (seat: Seat) => Reply | undefined
}

/**
 * One call to what is under the cache, for all who ask the same meanwhile. It goes on for as long as one of them waits or
 * reads, whoever came first; its budget and its log are the first one's.
 */
export class Flight {
  /** What the call is made with. */
  readonly call: Call
  readonly #controller = new AbortController()
  readonly #onAbandoned: () => void
  #landing: Promise<Landing> | undefined
  #seats = 0

  constructor({ path, request, trace }: Call, onAbandoned: () => void) {
    this.call = { signal: this.#controller.signal, path, request, trace }
    this.#onAbandoned = onAbandoned
  }

  /** The answer, or the error, concerns the first one alone: its budget ran out, or nobody was left. */
  get isPrivate(): boolean {
    return this.#controller.signal.aborted || this.call.request.meter.spent !== undefined
  }

  start(fly: () => Promise<Landing>): void {
    this.#landing = fly()
  }

  /** The answer, for one more; undefined where it is not for others, who then need a call of their own. */
  async board(signal: AbortSignal, leads: boolean): Promise<Reply | undefined> {
    this.#seats++
    let seated = true
    const leave = (reason: unknown): void => {
      if (seated) this.#leave(reason)
      seated = false
    }
    const left = Promise.withResolvers<never>()
    const onAbort = (): void => {
      leave(signal.reason)
      // Who was alone waits on: a call that is cut short may still give the best answer so far.
      if (!this.#controller.signal.aborted) left.reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    try {
      const landing = await Promise.race([this.#landing, left.promise])
      if (!leads && this.isPrivate) return undefined
      return landing?.reply({ signal, leads, leave })
    } catch (error) {
      if (!leads && this.isPrivate) return undefined
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #leave(reason: unknown): void {
    if (--this.#seats > 0) return
    this.#onAbandoned()
    this.#controller.abort(reason)
  }
}
