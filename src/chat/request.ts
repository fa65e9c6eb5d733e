import type { ChatRequest } from '../contract/index.ts'
import { fieldsOf } from './read/fields.ts'

/** The request without its `n`, so that it asks for a single choice. */
export function forOneChoice({ n: _n, ...request }: ChatRequest): ChatRequest {
  return request
}

/** The request for sample `index`: the client's seed is raised by `index`, so that each sample has a seed of its own. */
export function withSeed(request: ChatRequest, index: number): ChatRequest {
  return typeof request.seed === 'number' && index > 0 ? { ...request, seed: request.seed + index } : request
}

/** Whether a request leaves the form of its answer to the model: one in a format such as JSON can be wrong by a character. */
export function asksForText(request: Readonly<Record<string, unknown>>): boolean {
  return (fieldsOf(request['response_format'])?.['type'] ?? 'text') === 'text'
}
