import { answerHead, choiceCount, delta, refuses, tooManyChoices, usageOf } from './content.ts'
import type { ChoiceOptions, Headers, Json } from './content.ts'
import { perform } from './exchange.ts'
import type { Action, Exchange } from './exchange.ts'

export interface StreamOptions extends ChoiceOptions {
  readonly status?: number
  readonly headers?: Headers
  /** Whether an event with the role comes first; true unless set. */
  readonly role?: boolean
  /** Whether `[DONE]` comes last; true unless set. */
  readonly done?: boolean
  readonly lineEnd?: '\n' | '\r\n' | '\r'
  readonly byteOrderMark?: boolean
  /** Whether a comment comes before each event. */
  readonly comments?: boolean
  /** Bytes per write; one event per write if absent. */
  readonly pieces?: number
  readonly framing?: 'chunked' | 'close'
}

/**
 * A stream of server-sent events, even if none was requested. A string is a piece of text for every choice; an object
 * is an event (one with `choices` gets the other fields of a chunk); an action is performed in its place: `hold(gate)`,
 * `reset()`, `write(': comment\n\n')`.
 */
export function stream(
  items: readonly (string | Json | Action)[] = ['ok'],
  options: StreamOptions = {},
): Action {
  return async exchange => {
    if (refuses(exchange.request, options)) return refusal
    const events = new Events(exchange, options)
    await events.start()
    for (const item of items) {
      if (typeof item === 'function') await perform(item, exchange)
      else if (typeof item === 'string') await events.each({ content: item })
      else await events.send(item)
    }
    await events.end()
    return undefined
  }
}

const refusal: Action = async exchange => {
  const text = JSON.stringify(tooManyChoices)
  await exchange.head(400, { 'content-type': 'application/json', 'content-length': text.length })
  await exchange.write(text)
}

class Events {
  readonly #exchange: Exchange
  readonly #options: StreamOptions
  readonly #choices: number

  constructor(exchange: Exchange, options: StreamOptions) {
    this.#exchange = exchange
    this.#options = options
    this.#choices = choiceCount(exchange.request, options)
  }

  async start(): Promise<void> {
    const { status = 200, headers, framing = 'chunked', byteOrderMark, role = true } = this.#options
    await this.#exchange.head(status, {
      'content-type': 'text/event-stream',
      ...(framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : {}),
      ...headers,
    })
    if (byteOrderMark) await this.#exchange.write('\uFEFF')
    if (role) await this.each({ role: 'assistant', content: '' })
  }

  /** One event for every choice, with the same change. */
  async each(change: Json, finish: string | null = null): Promise<void> {
    for (let index = 0; index < this.#choices; index += 1) await this.send(delta(change, index, finish))
  }

  async send(event: Json): Promise<void> {
    const head = 'choices' in event ? answerHead(this.#exchange.request, 'chat.completion.chunk') : {}
    await this.#data(JSON.stringify({ ...head, ...event }))
  }

  async end(): Promise<void> {
    const { finish = 'stop', usage, done = true } = this.#options
    if (finish !== null) await this.each({}, finish)
    // Usage alone ends an answer, too.
    const isCutOff = finish === null && !done
    if (usage ?? (!isCutOff && this.#asksUsage()))
      await this.send({ choices: [], usage: usageOf(this.#options, this.#choices) })
    if (done) await this.#data('[DONE]')
  }

  #asksUsage(): boolean {
    const asked = this.#exchange.request.body['stream_options'] as Json | undefined
    return asked?.['include_usage'] === true
  }

  async #data(data: string): Promise<void> {
    const { lineEnd = '\n', comments = false, pieces = Infinity } = this.#options
    const comment = comments ? `: waiting${lineEnd}${lineEnd}` : ''
    const bytes = Buffer.from(`${comment}data: ${data}${lineEnd}${lineEnd}`)
    for (let at = 0; at < bytes.length; at += pieces)
      await this.#exchange.write(bytes.subarray(at, at + pieces))
  }
}
