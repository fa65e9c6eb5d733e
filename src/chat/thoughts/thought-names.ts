import { LRUCache } from 'lru-cache'
import { wordsOf } from '../read/fields.ts'
import type { Delta, Message } from '../../contract/index.ts'

/** Names that services have for thoughts in plain text, and under which they read those of earlier turns. */
export const thoughtNames = ['reasoning_content', 'reasoning'] as const

/** The field in which gateways send thinking that Claude has signed. */
const signed = 'thinking_blocks'

/**
 * The fields in which a service sends the thoughts of its models: it reads those of earlier turns in the same ones. vLLM
 * has `reasoning` since 2026 and ignores `reasoning_content`; SGLang and llama.cpp know that alone. LiteLLM sends
 * `thinking_blocks` for Claude and wants them back (https://docs.litellm.ai/docs/reasoning_content); no other service knows them.
 */
export class ThoughtNames {
  // Not as `max`, for which lru-cache allocates all of the memory at once, for each provider.
  readonly #names = new LRUCache<string, readonly string[]>({ maxSize: 1000, sizeCalculation: () => 1 })

  /** Notes the names in a message or a piece of one. */
  note(model: string, message: Message | Delta | undefined): void {
    const plain = thoughtNames.filter(name => wordsOf(message?.[name]) !== undefined)
    const blocks = message?.[signed]
    const names = Array.isArray(blocks) && blocks.length > 0 ? [...plain, signed] : plain
    if (names.length > 0) this.#names.set(model, names)
  }

  /** The names; none before the first thoughts of a model. */
  of(model: string): readonly string[] {
    return this.#names.get(model) ?? []
  }
}
