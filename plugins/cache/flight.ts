import type { ProviderCall } from '../../src/chat/provider-call.ts'
import type { Reply } from '../../src/contract/index.ts'

/** One request that waits for the answer of a flight, or reads it. */
export interface Waiter {
  /** Aborts when the client of this request disconnects or its time is up. */
  readonly signal: AbortSignal
  /** Whether the call is made for this request; the other waiters only share it. */
  readonly isLeader: boolean
  /** Leaves the flight before the answer has ended. */
  readonly leave: (reason: unknown) => void
}

/** An answer that several waiters may read. */
export interface SharedAnswer {
  /** The answer for one waiter; undefined if it can no longer be read from its beginning. */
  reply: (waiter: Waiter) => Reply | undefined
}

/**
 * One call to the upstream below the cache, shared by all identical requests that arrive meanwhile. It continues as long as
 * one of them waits or reads, even if the leader has left; its budget and its log are the leader's.
 */
export class Flight {
  /** The call that reaches the upstream. */
  readonly call: ProviderCall
  readonly #controller = new AbortController()
  readonly #onAbandoned: () => void
  #answer: Promise<SharedAnswer> | undefined
  #waiters = 0

  constructor(call: ProviderCall, onAbandoned: () => void) {
    this.call = { ...call, signal: this.#controller.signal }
    this.#onAbandoned = onAbandoned
  }

  /** Whether the answer, or the error, concerns the leader alone: its budget ran out, or all waiters have left. */
  get isPrivate(): boolean {
    return this.#controller.signal.aborted || this.call.request.meter.spent !== undefined
  }

  start(load: () => Promise<SharedAnswer>): void {
    this.#answer = load()
  }

  /** Waits for the answer; undefined if only the leader may have it, and this request needs a call of its own. */
  async join(signal: AbortSignal, isLeader: boolean): Promise<Reply | undefined> {
    this.#waiters++
    let joined = true
    const leave = (reason: unknown): void => {
      if (joined) this.#leave(reason)
      joined = false
    }
    const left = Promise.withResolvers<never>()
    const onAbort = (): void => {
      leave(signal.reason)
      // A lone waiter keeps waiting: the aborted call may still return its best answer so far.
      if (!this.#controller.signal.aborted) left.reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    try {
      const answer = await Promise.race([this.#answer, left.promise])
      if (!isLeader && this.isPrivate) return undefined
      return answer?.reply({ signal, isLeader, leave })
    } catch (error) {
      if (!isLeader && this.isPrivate) return undefined
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #leave(reason: unknown): void {
    if (--this.#waiters > 0) return
    this.#onAbandoned()
    this.#controller.abort(reason)
  }
}
