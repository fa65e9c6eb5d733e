import type { ProviderCall, StreamRecovery } from '../../chat/provider-call.ts'
import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { ChatRequest, Chunk, RecoveryWay, Reply } from '../../contract/index.ts'
import { loggedReason } from '../../contract/logged-error.ts'
import { addUsage, withReasoningCount } from '../../chat/usage.ts'
import { canContinue, Continuation, continuationOf, prefillAt } from './continuation.ts'
import type { Fitting } from './fitting.ts'
import type { BrokenStream } from './recovery.ts'
import type { Successor, Successors } from './successor.ts'
import { VerifiedRestart } from './verified-restart.ts'

/** The surroundings of a recovery. */
export interface RecoveryOptions {
  readonly mode: StreamRecovery
  readonly call: ProviderCall
  readonly successors: Successors
}

/** Recovers a stream that broke, see decision 31. Throws the failure that broke it if no provider can write the rest. */
export function recover(broken: BrokenStream, options: RecoveryOptions): AsyncGenerator<Chunk, void> {
  return new Recovery(broken, options).rest()
}

/** `complete`: the answer has ended; `departed`: it does not fit what was shown; `failed`: the attempt did. */
type Outcome = 'complete' | 'departed' | 'failed'

class Recovery {
  readonly #broken: BrokenStream
  readonly #options: RecoveryOptions

  constructor(broken: BrokenStream, options: RecoveryOptions) {
    this.#broken = broken
    this.#options = options
  }

  async *rest(): AsyncGenerator<Chunk, void> {
    const { answer, failure } = this.#broken
    const { mode, successors } = this.#options
    let restarts = mode !== 'continue' || !answer.hasBegun
    while (restarts || this.#mayContinue) {
      let next = await this.#next()
      if (!next) break
      if (restarts) {
        const outcome = yield* this.#restart(next)
        if (outcome === 'complete') return
        if (outcome === 'failed') continue
        // The provider works, but has other words for it.
        restarts = false
        next = this.#mayContinue ? await this.#free(successors.again()) : undefined
        if (!next) break
      }
      const outcome = yield* this.#continue(next)
      if (outcome === 'complete') return
      if (outcome === 'departed') break
    }
    throw failure
  }

  get #mayContinue(): boolean {
    const { mode, call } = this.#options
    const { request, answer } = this.#broken
    // Bodies that only one service understands have no messages to add to.
    return mode !== 'restart' && !call.request.source?.only && canContinue(request, answer)
  }

  /** The next provider; undefined if none is left, or a budget is used up. Throws if the reader has left or time is up. */
  async #next(): Promise<Successor | undefined> {
    const { call, successors } = this.#options
    const { budget } = call.request
    call.signal.throwIfAborted()
    this.#broken.signal.throwIfAborted()
    if (budget.tokens <= this.#broken.spent.usage.total_tokens || budget.usd <= 0) return undefined
    return await this.#free(successors.next())
  }

  /** A provider that can be asked now; undefined if none is free. Throws if the reader has left or time is up. */
  async #free(successor: Promise<Successor | undefined>): Promise<Successor | undefined> {
    const { call } = this.#options
    const { log } = call.request
    try {
      return await successor
    } catch (error) {
      call.signal.throwIfAborted()
      log.debug({ error: loggedReason(toHulumanageError(error)) }, 'no provider is free to recover a stream')
      return undefined
    }
  }

  #restart(successor: Successor): AsyncGenerator<Chunk, Outcome> {
    const { answer, head, request } = this.#broken
    const way = answer.hasBegun ? 'restart' : 'start_over'
    return this.#attempt(successor, request, way, new VerifiedRestart(head, answer))
  }

  #continue(successor: Successor): AsyncGenerator<Chunk, Outcome> {
    const { answer, head, request } = this.#broken
    const prefill = prefillAt(successor, request)
    const rest = continuationOf(request, answer, prefill)
    const fitting = new Continuation(head, answer, prefill !== undefined)
    return this.#attempt(successor, rest, 'continue', fitting)
  }

  /** Makes an attempt, and yields its chunks as far as they fit. Throws if the reader has left or time is up. */
  async *#attempt(
    successor: Successor,
    request: ChatRequest,
    way: RecoveryWay,
    fitting: Fitting,
  ): AsyncGenerator<Chunk, Outcome> {
    const { spent, answer } = this.#broken
    let reply: Reply | undefined
    try {
      reply = await successor.ask(request, way)
      let isShown = false
      for await (const chunk of reply) {
        const fitted = fitting.add(chunk)
        if (fitted === 'departed') return this.#depart(reply)
        if (!fitted) continue
        if (!isShown) this.#record(successor, way)
        isShown = true
        answer.add(fitted)
        yield this.#withTotalUsage(fitted)
      }
      return answer.isComplete ? 'complete' : 'departed'
    } catch (error) {
      this.#options.call.signal.throwIfAborted()
      this.#broken.signal.throwIfAborted()
      const reason = loggedReason(toHulumanageError(error))
      this.#options.call.request.log.debug({ error: reason, way }, 'a stream was not recovered')
      return 'failed'
    } finally {
      reply?.cancel()
      spent.add((await reply?.done)?.usage)
    }
  }

  /** Ends an answer that does not fit. Its provider is not to blame. */
  #depart(reply: Reply): Outcome {
    reply.cancel(new HulumanageError('answer_departed', 'the answer does not fit the text that was shown'))
    return 'departed'
  }

  /** The client pays for all attempts. */
  #withTotalUsage(chunk: Chunk): Chunk {
    if (!chunk.usage) return chunk
    return { ...chunk, usage: withReasoningCount(addUsage(this.#broken.spent.usage, chunk.usage)) }
  }

  /** Records that a provider has taken over. */
  #record({ provider }: Successor, by: RecoveryWay): void {
    const { failure, spent } = this.#broken
    const { meter, log } = this.#options.call.request
    const { provider: from, code: error } = failure
    meter.recover({ from, error, to: provider.name, by, usage: spent.usage })
    log.warn({ from, error: loggedReason(failure), to: provider.name, by }, 'recovered a stream that broke')
  }
}
