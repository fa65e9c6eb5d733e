import { LRUCache } from 'lru-cache'
import { wordsOf } from '../read/fields.ts'
import type { Delta, Message } from '../../contract/index.ts'

/** Names that services have for thoughts in plain text, and under which they read those of earlier turns. */
export const thoughtNames = ['reasoning_content', 'reasoning'] as const

/** Names that gateways have for signed or sealed thoughts: LiteLLM's and OpenRouter's. */
const sealedNames = ['thinking_blocks', 'reasoning_details'] as const

/**
 * The fields in which a service sends the thoughts of its models: it reads those of earlier turns in the same ones. vLLM
 * has `reasoning` since 2026 and ignores `reasoning_content`; SGLang and llama.cpp know that alone. LiteLLM wants the
 * `thinking_blocks` of Claude back: https://docs.litellm.ai/docs/reasoning_content
 */
export class ThoughtNames {
  // Not as `max`, for which lru-cache allocates all of the memory at once, for each provider.
  readonly #names = new LRUCache<string, readonly string[]>({ maxSize: 1000, sizeCalculation: () => 1 })

  /** Notes the names in a message or a piece of one. */
  note(model: string, message: Message | Delta | undefined): void {
    const plain = thoughtNames.filter(name => wordsOf(message?.[name]) !== undefined)
    const sealed = sealedNames.filter(name => isFilled(message?.[name]))
    if (plain.length + sealed.length === 0) return
    const before = this.of(model)
    // One stream may begin with thoughts in plain text, and another with a signature.
    this.#names.set(model, [
      ...(plain.length > 0 ? plain : thoughtNames.filter(name => before.includes(name))),
      ...sealedNames.filter(name => sealed.includes(name) || before.includes(name)),
    ])
  }

  /** The names; none before the first thoughts of a model. */
  of(model: string): readonly string[] {
    return this.#names.get(model) ?? []
  }
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
