import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { ProviderConfig } from '../../config/schema.ts'
import { simulate } from '../../config/sections/simulate.ts'
import type { SimulateConfig } from '../../config/sections/simulate.ts'
import type { ChatRequest } from '../../contract/index.ts'
import { createChoice, maxWordsOf, questionOf, renderCompletion, renderParts } from './answer.ts'
import type { SimulatedChoice } from './answer.ts'
import { logprobsFor } from './confidence.ts'
import { familyOf, refusalOf } from './families.ts'
import type { Family } from './families.ts'
import { randomFrom } from './random.ts'
import { solve } from './solver.ts'
import type { Skill } from './solver.ts'
import { withThoughts } from './thoughts.ts'

/** A complete response, and the timing of its parts. */
export interface SimulatedReply {
  readonly status: number
  readonly contentType: string
  readonly parts: readonly string[]
  readonly firstMs: number
  readonly betweenMs: number
}

const maxQuoteLength = 100
const maxRememberedPrompts = 10_000

/**
 * Implements OpenAI's API for a model that knows nothing except, if `accuracy` is set, arithmetic. The same requests in
 * the same order get the same texts and failures.
 */
export class SimulatedModel {
  readonly #config: ProviderConfig
  readonly #settings: SimulateConfig
  readonly #family: Family
  readonly #skill: Skill | undefined
  readonly #drawFailure: () => number
  /** The number of choices each prompt has got so far, so that the next one is a new sample. */
  readonly #drawn = new LRUCache<string, number>({ max: maxRememberedPrompts })

  constructor(config: ProviderConfig) {
    this.#config = config
    this.#settings = config.simulate ?? simulate.parse({})
    this.#family = familyOf(this.#settings)
    this.#skill = skillOf(this.#settings)
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
    const refused = refusalOf(this.#family, request)
    if (refused !== undefined) return this.#error(this.#family.status ?? 400, refused)
    const choices = this.#choices(request)
    if (request.stream === true) {
      const parts = renderParts(choices, request)
      return { status: 200, contentType: 'text/event-stream', parts, firstMs, betweenMs }
    }
    const whole = this.#json(200, renderCompletion(choices, request))
    return { ...whole, firstMs: firstMs + betweenMs * maxWordsOf(choices) }
  }

  /** Each choice of the reply. A repeated prompt gets new samples, unless it has its own seed. */
  #choices(request: ChatRequest): readonly SimulatedChoice[] {
    const { seed } = this.#settings
    const { model, messages, n, seed: own = null } = request
    const prompt = hash('sha256', JSON.stringify([seed, model, messages, own]))
    const count = this.#family.ignoresN ? 1 : (n ?? 1)
    const before = own === null ? (this.#drawn.get(prompt) ?? 0) : 0
    this.#drawn.set(prompt, before + count)
    return Array.from({ length: count }, (_, index) =>
      this.#choose(request, randomFrom(`${prompt}${before + index}`)),
    )
  }

  #choose(request: ChatRequest, random: () => number): SimulatedChoice {
    const { answer, truncates, confidence } = this.#settings
    const { thinking, strays } = this.#family
    const solved = this.#skill && solve(request, this.#skill, random, strays)
    const text = solved?.text ?? answer ?? this.#defaultText(request)
    const breaksOff = truncates > 0 && random() < truncates
    const choice = createChoice(withThoughts(text, thinking, request), request, breaksOff)
    if (confidence === undefined || !solved || request['logprobs'] !== true) return choice
    const alternatives = Number(request['top_logprobs'] ?? 0)
    const asked = { isRight: solved.isRight, says: confidence, alternatives }
    return { ...choice, logprobs: logprobsFor(choice.words, asked, random) }
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

/** The skill that is configured; undefined if the model solves nothing. */
function skillOf(settings: SimulateConfig): Skill | undefined {
  const { accuracy, difficulty_spread: difficultySpread, shared_mistakes: sharedMistakes } = settings
  if (accuracy === undefined) return undefined
  const { judge_accuracy: judgeAccuracy, judge_bias: judgeBias, wrong_answers: wrongAnswers } = settings
  return { accuracy, difficultySpread, judgeAccuracy, judgeBias, wrongAnswers, sharedMistakes }
}
