import { sumUsage } from '../../chat/usage.ts'
import type { ChatRequest, Reply, Usage } from '../../contract/index.ts'
import type { PausedTurn } from '../../providers/translation.ts'
import type { AttemptEnd, AttemptOptions } from '../options.ts'

export type AttemptOnce = (options: AttemptOptions) => Promise<Reply>

/** How often an answer is continued. A service that pauses more often has lost its way. */
const maxContinuations = 8

/** One of the attempts. Its connection may end after its answer, even when the next part has been asked for. */
interface Part {
  turn: PausedTurn | undefined
  /** Known when the answer or the attempt has ended, whichever comes first. */
  usage: Usage | undefined
  /** Set once the attempt has ended. */
  end: AttemptEnd | undefined
  /** `open`: another part may follow; `continued`: one has been asked for; `last`: none will be; `told`: its end was. */
  state: 'open' | 'continued' | 'last' | 'told'
}

/**
 * The attempts that make up one answer, one after the other. Each is metered and charged by itself; to the proxy they are one
 * that ends with the last, so that the slot is kept.
 */
export class Parts {
  readonly #options: AttemptOptions
  readonly #once: AttemptOnce
  #request: ChatRequest
  #part = newPart()
  #reply: Reply | undefined
  #continuations = 0
  /** The tokens of the parts before the current one. */
  #usageBefore: Usage | undefined

  constructor(options: AttemptOptions, once: AttemptOnce) {
    this.#options = options
    this.#once = once
    this.#request = options.request
  }

  /** Whether the current part is not the last one, as far as is known. */
  get isPaused(): boolean {
    return this.#part.turn !== undefined
  }

  /** The tokens of the parts whose answer has ended. */
  get usage(): Usage | undefined {
    return sumUsage(this.#usageBefore, this.#part.usage)
  }

  first(): Promise<Reply> {
    return this.#ask()
  }

  /**
   * Asks for the next part when the answer of the current one has been read; undefined if the answer has ended, or the
   * request has no budget for more. Rejects with an `AttemptFailure`.
   */
  async next(): Promise<Reply | undefined> {
    const part = this.#part
    part.usage ??= (await this.#reply?.done)?.usage
    const { turn, state } = part
    const { call, provider } = this.#options
    const { budget, log } = call.request
    const used = this.usage?.total_tokens ?? 0
    const mayAsk = state === 'open' && budget.tokens > used && budget.usd > 0 && !call.signal.aborted
    const request = turn && mayAsk ? continuationOf(this.#request, turn, part.usage) : undefined
    if (!request) {
      this.release()
      return undefined
    }
    this.#request = request
    this.#usageBefore = this.usage
    this.#part = newPart()
    part.state = 'continued'
    this.#continuations++
    log.debug(
      { provider: provider.name, part: this.#continuations + 1 },
      'continuing an answer that was paused',
    )
    return await this.#ask()
  }

  /** Ends the attempts with the current part, at once if it has ended: nobody wants the next. */
  release(): void {
    const part = this.#part
    if (part.state === 'open') part.state = 'last'
    this.#tellEnd(part)
  }

  async #ask(): Promise<Reply> {
    const part = this.#part
    const canContinue = this.#continuations < maxContinuations
    this.#reply = await this.#once({
      ...this.#options,
      request: this.#request,
      onPause: canContinue ? turn => void (part.turn = turn) : undefined,
      onEnd: end => this.#end(part, end),
    })
    return this.#reply
  }

  #end(part: Part, end: AttemptEnd): void {
    part.usage ??= end.usage
    part.end = end
    if (part.state === 'open' && (!part.turn || end.failure)) part.state = 'last'
    this.#tellEnd(part)
  }

  #tellEnd(part: Part): void {
    if (part.state !== 'last' || !part.end) return
    part.state = 'told'
    this.#options.onEnd?.({ ...part.end, usage: this.usage })
  }
}

function newPart(): Part {
  return { turn: undefined, usage: undefined, end: undefined, state: 'open' }
}

/**
 * The request for the rest of an answer, within the maximum that the client has set for all of it; undefined if nothing is
 * left of that.
 */
function continuationOf(
  request: ChatRequest,
  { message, fields }: PausedTurn,
  used: Usage | undefined,
): ChatRequest | undefined {
  const limits = (['max_tokens', 'max_completion_tokens'] as const).flatMap(name => {
    const limit = request[name]
    return typeof limit === 'number' ? [[name, limit - (used?.completion_tokens ?? 0)] as const] : []
  })
  if (limits.some(([, rest]) => rest < 1)) return undefined
  return { ...request, ...fields, ...Object.fromEntries(limits), messages: [...request.messages, message] }
}
