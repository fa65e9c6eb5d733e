import { unavailable } from '../unavailable.ts'
import type { FromThread } from './messages.ts'

interface Asked {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** The questions that the thread of a ledger has not answered yet. */
export class Questions {
  readonly #asked = new Map<number, Asked>()
  #last = 0

  get size(): number {
    return this.#asked.size
  }

  /** Resolves with the answer to the question that `send` sends; rejects with `ledger_unavailable`. */
  ask(send: (id: number) => void): Promise<unknown> {
    const id = ++this.#last
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#asked.set(id, { resolve, reject })
    send(id)
    return promise
  }

  answer({ id, value, error }: Extract<FromThread, { kind: 'answer' }>): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (error === undefined) asked?.resolve(value)
    else asked?.reject(unavailable(error))
  }

  /** Rejects all of them. */
  fail(reason: string): void {
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of asked) reject(unavailable(reason))
  }
}
