import { LRUCache } from 'lru-cache'
import type { ChatRequest, UpstreamErrorBody } from '../../contract/index.ts'
import { fieldAtFault } from './refused-field.ts'

/** Fields without which there is no request, or whose refusal is handled elsewhere. */
const kept: ReadonlySet<string> = new Set(['model', 'messages', 'stream', 'stream_options', 'n', 'tools'])

/**
 * Fields that a service refuses in requests of steps. A client never set them, or set another value: without them, the
 * step still gets an answer, which is why any such field may be left out, whatever it is for.
 */
export class StepFields {
  readonly #refused: LRUCache<string, ReadonlySet<string>>

  /** `memoryMs`: how long a refusal is remembered. */
  constructor(memoryMs: number) {
    this.#refused = new LRUCache({ max: 1000, ttl: memoryMs })
  }

  /** Remembers the field of a step that an error is about, and returns its name. `asked` is the request of the client. */
  learn(
    error: UpstreamErrorBody,
    model: string,
    request: ChatRequest,
    asked: ChatRequest,
  ): string | undefined {
    const field = fieldAtFault(error, ownFields(request, asked))
    const before = this.#refused.get(model)
    if (field === undefined || before?.has(field)) return undefined
    this.#refused.set(model, new Set([...(before ?? []), field]))
    return field
  }

  /** The request without the step's fields that the service refuses; the same object if it has none of them. */
  apply(request: ChatRequest, model: string, asked: ChatRequest): ChatRequest {
    const refused = this.#refused.get(model)
    if (!refused || request === asked) return request
    const unwanted = ownFields(request, asked).filter(field => refused.has(field))
    if (unwanted.length === 0) return request
    const rest: Record<string, unknown> = { ...request }
    for (const field of unwanted) delete rest[field]
    return rest as ChatRequest
  }
}

/** The fields of a request that the client did not set, or not to this value. */
function ownFields(request: ChatRequest, asked: ChatRequest): readonly string[] {
  return Object.keys(request).filter(
    field => !kept.has(field) && request[field] != null && request[field] !== asked[field],
  )
}
