import type { ChatRequest } from '../../contract/index.ts'

/** A block of another API, such as Anthropic's Messages. */
interface NativeBlock {
  readonly type: string
  readonly [field: string]: unknown
}

const natives = new WeakMap<object, readonly NativeBlock[]>()

/**
 * Keeps the blocks that a message or tool of a chat was translated from. A service that speaks their API gets them
 * unchanged, with marks for the cache, citations and documents that a chat has no place for. They belong to this very
 * object: a step that replaces it leaves them behind, so that they never contradict it.
 */
export function noteNative(translated: object, blocks: readonly NativeBlock[]): void {
  natives.set(translated, blocks)
}

/** The blocks that an object was translated from, if it is still the same object. */
export function nativeOf(translated: object): readonly NativeBlock[] | undefined {
  return natives.get(translated)
}

/** Travels with a request through every step that spreads it, and is never written into a body. */
const settings = Symbol('native settings')

/** Settings of another API that became a field of chat, such as a budget of thinking that became an effort. */
export interface NativeSettings {
  /** The fields of the API's own body. */
  readonly fields: Readonly<Record<string, unknown>>
  /** The effort that they became; if a step sets another one, that applies instead. */
  readonly effort: unknown
}

/** Keeps the settings that a request was translated from, for a service that speaks their API. */
export function withNativeSettings(request: ChatRequest, native: NativeSettings): ChatRequest {
  return { ...request, [settings]: native }
}

/** The fields of another API that the client set; none if a step has changed what they became. */
export function nativeFieldsOf(request: ChatRequest): NativeSettings['fields'] {
  const native = (request as { readonly [settings]?: NativeSettings })[settings]
  return native && native.effort === request['reasoning_effort'] ? native.fields : {}
}

/** The request without settings that are about the answer for the client alone. */
export function withoutNativeSettings(request: ChatRequest): ChatRequest {
  if (!(settings in request)) return request
  const { [settings]: _settings, ...rest } = request as ChatRequest & { readonly [settings]?: unknown }
  return rest
}
