import { HulumanageError } from '../../contract/index.ts'
import type { Reply } from '../../contract/index.ts'

/** Shared: each step and span needs one, and its stack trace is meaningless. */
const stepEnded = new HulumanageError('client_closed', 'The step that made this call has ended')

/**
 * The lifetime of a step or a span. Its signal aborts with the parent signal and when the work has ended, so that calls
 * left behind are cancelled. It leaves no listener on the parent signal.
 */
export class Scope {
  readonly #controller = new AbortController()
  readonly #parent: AbortSignal
  readonly #follow = () => this.#controller.abort(this.#parent.reason)

  constructor(parent: AbortSignal) {
    this.#parent = parent
    if (parent.aborted) this.#follow()
    else parent.addEventListener('abort', this.#follow, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The result of `work`; rejects with the signal's reason if it aborts first. */
  race<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this
      const stop = () => reject(signal.reason as Error)
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      return void work().then(resolve, reject)
    })
  }

  /** Ends the scope now. */
  close(): void {
    this.#parent.removeEventListener('abort', this.#follow)
    if (this.signal.aborted) return
    this.#controller.abort(stepEnded)
  }

  /** Ends the scope when the reply has been read or cancelled. */
  closeWith(reply: Reply): void {
    const close = () => this.close()
    reply.done.then(close, close)
  }
}
