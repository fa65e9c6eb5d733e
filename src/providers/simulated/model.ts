import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { configSchema } from '../../config/schema.ts'
import type { ProviderConfig } from '../../config/schema.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { choiceOf, longest, printParts, printWhole, questionOf } from './answer.ts'
import { randomFrom } from './random.ts'
import { solve } from './solver.ts'

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
const rememberedPrompts = 10_000

/**
 * Speaks OpenAI's API for a model that knows nothing but, where `accuracy` is set, arithmetic. The same requests in the
 * same order get the same texts and failures.
 */
export class SimulatedModel {
  readonly #config: ProviderConfig
  readonly #settings: Settings
  readonly #failing: () => number
  /** How many choices each prompt has got, so that the next one is another sample. */
  readonly #drawn = new LRUCache<string, number>({ max: rememberedPrompts })

  constructor(config: ProviderConfig) {
    this.#config = config
    this.#settings = config.simulate ?? defaults
    this.#failing = randomFrom(this.#settings.seed)
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
    const { failure_rate: failureRate, latency_ms: firstMs, token_ms: betweenMs } = this.#settings
    if (this.#failing() < failureRate)
      return this.#error(500, 'A simulated failure; simulate.failure_rate sets how many')
    const choices = this.#texts(request).map(text => choiceOf(text, request))
    if (request.stream === true) {
      const parts = printParts(choices, request)
      return { status: 200, contentType: 'text/event-stream', parts, firstMs, betweenMs }
    }
    const whole = this.#json(200, printWhole(choices, request))
    return { ...whole, firstMs: firstMs + betweenMs * longest(choices) }
  }

  /** One for each choice. A prompt that comes again gets other samples, unless it brings its own seed. */
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
