/** A block of another API, such as Anthropic's Messages. */
interface NativeBlock {
  readonly type: string
  readonly [field: string]: unknown
}

const natives = new WeakMap<object, readonly NativeBlock[]>()

/**
 * Notes the blocks that a message or tool of a chat was translated from. A service that speaks their API gets them as
 * they came, with marks for the cache, citations and documents that a chat has no place for. They belong to this very
 * object: a step that replaces it leaves them behind, so that they never contradict it.
 */
export function noteNative(translated: object, blocks: readonly NativeBlock[]): void {
  natives.set(translated, blocks)
}

/** The blocks that an object was translated from, if it is still the same object. */
export function nativeOf(translated: object): readonly NativeBlock[] | undefined {
  return natives.get(translated)
}
