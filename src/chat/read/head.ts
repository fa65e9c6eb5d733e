import { unixSeconds } from '../../time/unix-seconds.ts'
import { newCompletionId } from '../completion.ts'
import { wordsOf } from './fields.ts'
import type { Fields } from './fields.ts'

/** The request that an answer belongs to, as far as the answer must fit it. */
export interface Expected {
  readonly model: string
  /** Number of choices that were asked for. */
  readonly choices: number
}

/** The expectations of a request about its answer. */
export function expectedBy(request: { readonly model: string; readonly n?: number | null }): Expected {
  return { model: request.model, choices: Math.max(1, request.n ?? 1) }
}

/** The fields that name an answer. A service that leaves one out, or sends another type, gets one of ours. */
export class HeadReader {
  #id: string | undefined
  #model: string
  #created: number | undefined

  constructor({ model }: Expected) {
    this.#model = model
  }

  read(sent: Fields): { readonly id: string; readonly created: number; readonly model: string } {
    const { created } = sent
    this.#id = wordsOf(sent['id']) ?? this.#id ?? newCompletionId()
    this.#model = wordsOf(sent['model']) ?? this.#model
    const isTime = typeof created === 'number' && created >= 1 && created <= Number.MAX_SAFE_INTEGER
    this.#created = isTime ? Math.floor(created) : (this.#created ?? unixSeconds())
    return { id: this.#id, created: this.#created, model: this.#model }
  }
}
