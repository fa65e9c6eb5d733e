import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { configSchema } from '../../config/schema.ts'
import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { createChoice, maxWordsOf, questionOf, renderCompletion, renderParts } from './answer.ts'
import { randomFrom } from './random.ts'
import { solve } from './solver.ts'

/** A complete response, and the timing of its parts. */
export interface SimulatedReply {
  readonly status: number
  readonly contentType: string
  readonly parts: readonly string[]
  readonly firstMs: number
  readonly betweenMs: number
}

type Settings = NonNullable<ProviderConfig['simulate']>

const defaults: Settings = configSchema.shape.providers.unwrap().element.shape.simulate.unwrap().parse({})
const maxQuoteLength = 100
const maxRememberedPrompts = 10_000

/**
 * Implements OpenAI's API for a model that knows nothing except, if `accuracy` is set, arithmetic. The same requests in
 * the same order get the same texts and failures.
 */
export class SimulatedModel {
  readonly #config: ProviderConfig
  readonly #settings: Settings
  readonly #drawFailure: () => number
  /** The number of choices each prompt has got so far, so that the next one is a new sample. */
  readonly #drawn = new LRUCache<string, number>({ max: maxRememberedPrompts })

  constructor(config: ProviderConfig) {
    this.#config = config
    this.#settings = config.simulate ?? defaults
    this.#drawFailure = randomFrom(this.#settings.seed)
  }

  /** Replies to one call. */
  reply(method: string, path: string, body: string): SimulatedReply {
    const [route = ''] = path.split('?')
    if (method === 'GET' && route.endsWith('/models')) return this.#json(200, this.#models())
    if (method === 'POST' && route.endsWith('/chat/completions')) return this.#chat(body)
    return this.#error(404, `A simulated provider has no ${method} ${route}`)
  }

  #chat(body: string): SimulatedReply {
    const request = requestOf(body)
    if (!request) return this.#error(400, 'The body must be a JSON object with a list of messages')
    const { failure_rate: failureRate, latency_ms: firstMs, token_ms: betweenMs } = this.#settings
    if (this.#drawFailure() < failureRate)
      return this.#error(500, 'A simulated failure; simulate.failure_rate sets their frequency')
    const choices = this.#texts(request).map(text => createChoice(text, request))
    if (request.stream === true) {
      const parts = renderParts(choices, request)
      return { status: 200, contentType: 'text/event-stream', parts, firstMs, betweenMs }
    }
    const whole = this.#json(200, renderCompletion(choices, request))
    return { ...whole, firstMs: firstMs + betweenMs * maxWordsOf(choices) }
  }

  /** The text of each choice. A repeated prompt gets new samples, unless it has its own seed. */
  #texts(request: ChatRequest): readonly string[] {
    const { accuracy, judge_accuracy: judgeAccuracy, wrong_answers: wrongAnswers, seed } = this.#settings
    const { model, messages, n, seed: own = null } = request
    const prompt = hash('sha256', JSON.stringify([seed, model, messages, own]))
    const count = n ?? 1
    const before = own === null ? (this.#drawn.get(prompt) ?? 0) : 0
    this.#drawn.set(prompt, before + count)
    return Array.from({ length: count }, (_, index) => {
      const random = randomFrom(`${prompt}${before + index}`)
      const solved =
        accuracy === undefined ? undefined : solve(request, { accuracy, judgeAccuracy, wrongAnswers }, random)
      return solved ?? this.#settings.answer ?? this.#defaultText(request)
    })
  }

  #defaultText(request: ChatRequest): string {
    const question = questionOf(request)
    const quote = question.length > maxQuoteLength ? `${question.slice(0, maxQuoteLength)}…` : question
    return (
      `This is ${this.#config.name}, a simulated model. It knows nothing; its answers only show that calls arrive. ` +
      `You asked: "${quote}" For a real answer, configure a real provider.`
    )
  }

  #models(): string {
    const { models = [], model_map: map, name } = this.#config
    const ids = new Set([...models, ...Object.values(map)].filter(id => !id.endsWith('*')))
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
