import type { ChainRequest } from '../../chain/request.ts'
import { charactersPerToken } from '../../chat/estimate.ts'
import { chat } from '../../dialects/chat.ts'
import type { ReadOptions } from '../../dialects/dialect.ts'
import type { RequestKind } from '../scenario/schema.ts'
import { samplerOf } from '../upstream/distribution.ts'

/** Prompts of a kind of requests that differ in their length. */
const lengths = 64

/** A task that simulated models can solve, for approaches that compare answers. */
const question = 'What is 17 * 23?'
const filler = ' It is one of many.'

/** Makes the requests of one kind, each with a length and a session drawn at random. */
export class RequestMaker {
  readonly share: number
  readonly #kind: RequestKind
  readonly #options: Omit<ReadOptions, 'bytes'>
  readonly #prompts: readonly string[]
  readonly #made: (ChainRequest | undefined)[] = []

  constructor(kind: RequestKind, options: Omit<ReadOptions, 'bytes'>) {
    this.share = kind.share
    this.#kind = kind
    this.#options = options
    const sampler = samplerOf(kind.prompt_tokens)
    this.#prompts = Array.from({ length: lengths }, (_, index) =>
      promptOf(sampler(() => (index + 0.5) / lengths)),
    )
  }

  /** A request as the server reads it from the bytes of a client. Those without a session are made once for each length. */
  make(random: () => number): ChainRequest {
    const index = Math.floor(random() * lengths)
    const { sessions } = this.#kind
    if (sessions === undefined) return (this.#made[index] ??= this.#read(index, {}))
    return this.#read(index, { prompt_cache_key: `session-${Math.floor(random() * sessions)}` })
  }

  #read(index: number, session: object): ChainRequest {
    const { model, approach, stream, body: further } = this.#kind
    const body = {
      ...(model !== undefined && { model }),
      messages: [{ role: 'user', content: this.#prompts[index] }],
      ...(stream && { stream }),
      ...(approach !== undefined && { hulumanage_approach: approach }),
      ...session,
      ...further,
    }
    return chat.read(body, { ...this.#options, bytes: Buffer.from(JSON.stringify(body)) }).requests[0]
  }
}

/** A prompt of about so many tokens. */
function promptOf(tokens: number): string {
  const length = Math.max(question.length, Math.round(tokens) * charactersPerToken)
  return `${filler.repeat(Math.ceil((length - question.length) / filler.length))}${question}`.slice(-length)
}

/** Draws the kinds of requests by their share. */
export function drawFrom(makers: readonly RequestMaker[]): (random: () => number) => RequestMaker {
  const total = makers.reduce((sum, { share }) => sum + share, 0)
  if (makers.length === 1) return () => makers[0]!
  return random => {
    let left = random() * total
    for (const maker of makers) {
      if (left < maker.share) return maker
      left -= maker.share
    }
    return makers.at(-1)!
  }
}
