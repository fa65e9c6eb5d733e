import { sumUsage } from '../../chat/usage.ts'
import type { ChatRequest, Reply, Usage } from '../../contract/index.ts'
import type { PausedTurn } from '../../providers/translation.ts'
import type { AttemptEnd, AttemptOptions } from '../options.ts'

export type AttemptOnce = (options: AttemptOptions) => Promise<Reply>

/** How often an answer is continued. A service that pauses more often has lost its way. */
const maxContinuations = 8

/**
 * The attempts that make up one answer, one after the other. Each is metered and charged by itself; to the proxy they are one
 * that ends with the last, so that the slot is kept.
 */
export class Parts {
  readonly #options: AttemptOptions
  readonly #once: AttemptOnce
  #request: ChatRequest
  #turn: PausedTurn | undefined
  #continuations = 0
  /** The tokens of the parts that have ended. */
  usage: Usage | undefined
  /** The end of a part that is to be continued. */
  #held: AttemptEnd | undefined

  constructor(options: AttemptOptions, once: AttemptOnce) {
    this.#options = options
    this.#once = once
    this.#request = options.request
  }

  /** Whether the current part is not the last one, as far as is known. */
  get isPaused(): boolean {
    return this.#turn !== undefined
  }

  first(): Promise<Reply> {
    return this.#ask()
  }

  /** Asks for the next part; undefined if there is none, or the request has no budget for it. Rejects with an `AttemptFailure`. */
  async next(): Promise<Reply | undefined> {
    const turn = this.#turn
    const { call, provider } = this.#options
    const { budget, log } = call.request
    const used = this.usage?.total_tokens ?? 0
    if (!turn || budget.tokens <= used || budget.usd <= 0 || call.signal.aborted) {
      this.release()
      return undefined
    }
    this.#request = continuationOf(this.#request, turn, this.#held?.usage)
    this.#held = undefined
    this.#turn = undefined
    this.#continuations++
    log.debug(
      { provider: provider.name, part: this.#continuations + 1 },
      'continuing an answer that was paused',
    )
    return await this.#ask()
  }

  /** Ends the attempts if the last part that was asked for has ended; nobody wants the next. */
  release(): void {
    const held = this.#held
    this.#held = undefined
    if (held) this.#options.onEnd?.({ ...held, usage: this.usage })
  }

  #ask(): Promise<Reply> {
    const canContinue = this.#continuations < maxContinuations
    return this.#once({
      ...this.#options,
      request: this.#request,
      onPause: canContinue ? turn => void (this.#turn = turn) : undefined,
      onEnd: end => this.#end(end),
    })
  }

  #end(end: AttemptEnd): void {
    this.usage = sumUsage(this.usage, end.usage)
    if (this.#turn && !end.failure) this.#held = end
    else this.#options.onEnd?.({ ...end, usage: this.usage })
  }
}

/** The request for the rest of an answer, within the maximum that the client has set for all of it. */
function continuationOf(
  request: ChatRequest,
  { message, fields }: PausedTurn,
  used: Usage | undefined,
): ChatRequest {
  const limits = (['max_tokens', 'max_completion_tokens'] as const).flatMap(name => {
    const limit = request[name]
    return typeof limit === 'number'
      ? [[name, Math.max(1, limit - (used?.completion_tokens ?? 0))] as const]
      : []
  })
  return { ...request, ...fields, ...Object.fromEntries(limits), messages: [...request.messages, message] }
}
