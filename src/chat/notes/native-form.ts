import type { ChatRequest } from '../../contract/index.ts'
import { fieldsOf, wordsOf } from '../read/fields.ts'

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

/** Travels with a call or a result through every step that spreads it, and is never written into a body. */
const beside = Symbol('fields of a block')

/** Fields of a block that a chat has no place for: a mark for the cache, and whether a tool has failed. */
interface BesideBlock {
  readonly cache_control?: unknown
  readonly is_error?: unknown
}

/** A call or a result with such fields of the block that it was translated from; the same object if it has none. */
export function withBlockFields<T extends object>(
  translated: T,
  { cache_control: mark, is_error: failed }: BesideBlock,
): T {
  // The service refuses a mark without a type.
  const isMarked = wordsOf(fieldsOf(mark)?.['type']) !== undefined
  if (!isMarked && failed !== true) return translated
  const fields = {
    ...(isMarked ? { cache_control: mark } : {}),
    ...(failed === true ? { is_error: true } : {}),
  }
  return { ...translated, [beside]: fields }
}

/** The fields that a call or a result has besides those of a chat. */
export function blockFieldsOf(translated: object): BesideBlock {
  return (translated as { readonly [beside]?: BesideBlock })[beside] ?? {}
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

/** Travels as the settings do. */
const offered = Symbol('tools of a service')

/** Tools of another API that run on its own servers, such as a search. No chat model can call them. */
export interface ServerTools {
  readonly dialect: string
  readonly tools: readonly object[]
}

/** Keeps the server tools that a client offers, for a service that speaks their API; the request itself without any. */
export function withServerTools(request: ChatRequest, server: ServerTools): ChatRequest {
  return server.tools.length === 0 ? request : { ...request, [offered]: server }
}

/** The server tools that the client offers, of whatever API. */
export function serverToolsOf(request: ChatRequest): ServerTools | undefined {
  return (request as { readonly [offered]?: ServerTools })[offered]
}

/** The server tools of one API that the client offers. */
export function serverToolsFor(dialect: string, request: ChatRequest): readonly object[] {
  const server = serverToolsOf(request)
  return server?.dialect === dialect ? server.tools : []
}

/** The request without settings and tools that are about the answer for the client alone. */
export function withoutNativeSettings(request: ChatRequest): ChatRequest {
  if (!(settings in request) && !(offered in request)) return request
  const native = request as ChatRequest & { readonly [settings]?: unknown; readonly [offered]?: unknown }
  const { [settings]: _settings, [offered]: _offered, ...rest } = native
  return rest
}
