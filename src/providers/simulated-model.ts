import { configSchema } from '../config/schema.ts'
import type { ProviderConfig } from '../config/schema.ts'
import type { ChatRequest } from '../contract/index.ts'
import { answerWith, printParts, printWhole, questionOf } from './simulated-answer.ts'

/** A whole response, and how its parts are spread over time. */
export interface SimulatedReply {
  readonly status: number
  readonly contentType: string
  readonly parts: readonly string[]
  readonly firstMs: number
  readonly betweenMs: number
}

type Settings = NonNullable<ProviderConfig['simulate']>

const defaults: Settings = configSchema.shape.providers.unwrap().element.shape.simulate.unwrap().parse({})
const longestQuote = 100

/** Speaks OpenAI's API for a model that knows nothing. The same requests in the same order get the same texts and failures. */
export class SimulatedModel {
  readonly #config: ProviderConfig
  readonly #settings: Settings
  readonly #random: () => number

  constructor(config: ProviderConfig) {
    this.#config = config
    this.#settings = config.simulate ?? defaults
    this.#random = randomFrom(this.#settings.seed)
  }

  reply(method: string, path: string, body: string): SimulatedReply {
    const [route = ''] = path.split('?')
    if (method === 'GET' && route.endsWith('/models')) return this.#json(200, this.#models())
    if (method === 'POST' && route.endsWith('/chat/completions')) return this.#chat(body)
    return this.#error(404, `A simulated provider has no ${method} ${route}`)
  }

  #chat(body: string): SimulatedReply {
    const request = requestOf(body)
    if (!request) return this.#error(400, 'The body has to be a JSON object with a list of messages')
    const {
      answer: text,
      failure_rate: failureRate,
      latency_ms: firstMs,
      token_ms: betweenMs,
    } = this.#settings
    if (this.#random() < failureRate)
      return this.#error(500, 'A simulated failure; simulate.failure_rate sets how many')
    const answer = answerWith(text ?? this.#defaultText(request), request)
    if (request.stream === true) {
      const parts = printParts(answer, request)
      return { status: 200, contentType: 'text/event-stream', parts, firstMs, betweenMs }
    }
    const whole = this.#json(200, printWhole(answer, request))
    return { ...whole, firstMs: firstMs + betweenMs * answer.words.length }
  }

  #defaultText(request: ChatRequest): string {
    const question = questionOf(request)
    const quote = question.length > longestQuote ? `${question.slice(0, longestQuote)}…` : question
    return (
      `This is ${this.#config.name}, a simulated model: it knows nothing, and answers to show that calls arrive. ` +
      `You asked: "${quote}" For a real answer, configure a real provider.`
    )
  }

  #models(): string {
    const { models = [], model_map: map, name } = this.#config
    const ids = new Set([...models, ...Object.values(map)])
    if (ids.size === 0) ids.add('simulated')
    return JSON.stringify({
      object: 'list',
      data: Array.from(ids, id => ({ id, object: 'model', created: 0, owned_by: name })),
    })
  }

  #error(status: number, message: string): SimulatedReply {
    const type = status < 500 ? 'invalid_request_error' : 'server_error'
    return this.#json(status, JSON.stringify({ error: { message, type, param: null, code: null } }))
  }

  #json(status: number, text: string): SimulatedReply {
    const { latency_ms: firstMs } = this.#settings
    return { status, contentType: 'application/json', parts: [text], firstMs, betweenMs: 0 }
  }
}

function requestOf(body: string): ChatRequest | undefined {
  try {
    const value = JSON.parse(body) as Partial<ChatRequest> | null
    return Array.isArray(value?.messages) ? (value as ChatRequest) : undefined
  } catch {
    return undefined
  }
}

/** Numbers from 0 up to 1, the same ones for the same seed (a 32-bit mix of a counter that steps by the golden ratio). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e37_79b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
