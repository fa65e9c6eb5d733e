import type { ChatRequest } from '../../contract/index.ts'

/** Travels with a request through every step that spreads it, and is never written into a body. */
const wishes = Symbol('wishes about the cache')

/** Keeps the field `cache` of a body of another API, which has no such field; the request itself without one. */
export function withCacheWishes(request: ChatRequest, cache: unknown): ChatRequest {
  return cache === undefined ? request : { ...request, [wishes]: cache }
}

/** The field `cache` that came in a body of another API; undefined without one. */
export function cacheWishesOf(request: ChatRequest): unknown {
  return (request as { readonly [wishes]?: unknown })[wishes]
}
