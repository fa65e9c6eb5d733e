import type { ChatRequest } from '../contract/index.ts'

/** The request without its `n`, so that it asks for a single choice. */
export function forOneChoice({ n: _n, ...request }: ChatRequest): ChatRequest {
  return request
}

/** The request for sample `index`: the client's seed is raised by `index`, so that each sample has a seed of its own. */
export function withSeed(request: ChatRequest, index: number): ChatRequest {
  return typeof request.seed === 'number' && index > 0 ? { ...request, seed: request.seed + index } : request
}
