import { unreadableFile } from '../unavailable.ts'

/** The answer of a thread to a question. An `error` is the reason in words. */
export interface Answer {
  readonly kind: 'answer'
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Whether a message of a thread answers a question. */
export function isAnswer(message: { readonly kind: string }): message is Answer {
  return message.kind === 'answer'
}

interface Asked {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** The questions that a thread has not answered yet. */
export class Questions {
  readonly #path: string
  readonly #asked = new Map<number, Asked>()
  #last = 0

  /** `path`: the file of the thread's database, which errors name. */
  constructor(path: string) {
    this.#path = path
  }

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

  answer({ id, value, error }: Answer): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (error === undefined) asked?.resolve(value)
    else asked?.reject(unreadableFile(this.#path, error))
  }

  /** Rejects all of them. */
  fail(reason: string): void {
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of asked) reject(unreadableFile(this.#path, reason))
  }
}
