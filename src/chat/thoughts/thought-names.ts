import { LRUCache } from 'lru-cache'
import { wordsOf } from '../read/fields.ts'
import type { Delta, Message } from '../../contract/index.ts'

/** Names that services have for thoughts in plain text, and under which they read those of earlier turns. */
export const thoughtNames = ['reasoning_content', 'reasoning'] as const

/**
 * The fields in which a service sends the thoughts of its models: it reads those of earlier turns in the same ones. vLLM
 * has `reasoning` since 2026 and ignores `reasoning_content`; SGLang and llama.cpp know that alone.
 */
export class ThoughtNames {
  // Not as `max`, for which lru-cache allocates all of the memory at once, for each provider.
  readonly #names = new LRUCache<string, readonly string[]>({ maxSize: 1000, sizeCalculation: () => 1 })

  /** Notes the names in a message or a piece of one. */
  note(model: string, message: Message | Delta | undefined): void {
    const names = thoughtNames.filter(name => wordsOf(message?.[name]) !== undefined)
    if (names.length > 0) this.#names.set(model, names)
  }

  /** The names; none before the first thoughts of a model. */
  of(model: string): readonly string[] {
    return this.#names.get(model) ?? []
  }
}
