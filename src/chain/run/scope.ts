import { HulumanageError } from '../../contract/index.ts'
import type { Reply } from '../../contract/index.ts'

/** One for all: it is made for each step and span, and where it was made tells nobody anything. */
const stepSettled = new HulumanageError('client_closed', 'The step that made this call has settled')

/**
 * The life of a step or a span: its signal aborts with the one above, and when the work has settled, so that calls
 * left behind are cancelled. Leaves no listener on the signal above.
 */
export class Scope {
  readonly #controller = new AbortController()
  readonly #above: AbortSignal
  readonly #follow = () => this.#controller.abort(this.#above.reason)

  constructor(above: AbortSignal) {
    this.#above = above
    if (above.aborted) this.#follow()
    else above.addEventListener('abort', this.#follow, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What `work` gives, or a rejection with the signal's reason where that comes first. */
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
  settle(): void {
    this.#above.removeEventListener('abort', this.#follow)
    if (this.signal.aborted) return
    this.#controller.abort(stepSettled)
  }

  /** Ends the scope when the reply has been read or cancelled. */
  settleWith(reply: Reply): void {
    const settle = () => this.settle()
    reply.done.then(settle, settle)
  }
}
