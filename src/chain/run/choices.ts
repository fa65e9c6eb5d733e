import { LRUCache } from 'lru-cache'
import { HulumanageError } from '../../contract/index.ts'
import type { ChatRequest, Chunk, Reply, Usage } from '../../contract/index.ts'
import { chunkOfPart, mergeCompletions, mergeStreams, type Part, usageChunk } from '../../chat/merge.ts'
import type { ProviderCall, ProviderUpstream } from '../../chat/provider-call.ts'
import { refusesCount } from '../../chat/refused-count.ts'
import { CompleteReply, StreamReply } from '../../chat/reply.ts'
import { forOneChoice, withSeed } from '../../chat/request.ts'
import { sumUsage } from '../../chat/usage.ts'

/**
 * Remembers, for each model, which providers support `n`. It forgets after ten minutes, so that a provider that has
 * gained support is tried again.
 */
export class ChoiceMemory {
  readonly #supports = new LRUCache<string, boolean>({ max: 5000, ttl: 600_000 })

  note(model: string, provider: string, supported: boolean): void {
    this.#supports.set(`${model}\n${provider}`, supported)
  }

  /** Whether the provider is known to ignore or reject `n` for the model. */
  lacksSupport(model: string, provider: string): boolean {
    return this.#supports.get(`${model}\n${provider}`) === false
  }
}

/** The provider of calls that reach no `requestFor`: they count as one provider. */
const unnamed = ''

/**
 * Makes sure that a request gets `n` choices. It requests all of them in one call. If the selected provider is known to
 * ignore or reject `n`, that call is for one choice, and the others are requested one by one at the same time. If only
 * the answer reveals it, they are requested then. Choice i gets `seed + i`. There are fewer choices only if some of these
 * calls fail.
 */
export function withChoices(next: ProviderUpstream, memory: ChoiceMemory): ProviderUpstream {
  return (request, call) => {
    const count = request.n ?? 1
    return count > 1 ? new Choices(next, memory, request, call, count).reply() : next(request, call)
  }
}

class Choices {
  readonly #next: ProviderUpstream
  readonly #memory: ChoiceMemory
  readonly #request: ChatRequest
  readonly #call: ProviderCall
  readonly #count: number
  /** The provider of the call for all choices. */
  #provider = unnamed
  /** The calls for the choices after the first, if they were made along with it. */
  #others: Promise<Results> | undefined

  constructor(
    next: ProviderUpstream,
    memory: ChoiceMemory,
    request: ChatRequest,
    call: ProviderCall,
    count: number,
  ) {
    this.#next = next
    this.#memory = memory
    this.#request = request
    this.#call = call
    this.#count = count
  }

  async reply(): Promise<Reply> {
    const { model, stream } = this.#request
    if (this.#memory.lacksSupport(model, unnamed)) return await this.#join(await this.#singles(0))
    const call = { ...this.#call, requestFor: this.#requestFor }
    const [first] = await Promise.allSettled([this.#next(this.#request, call)])
    if (this.#others) return await this.#join([first, ...(await this.#others)])
    if (first.status === 'fulfilled')
      return stream ? this.#stream(first.value) : await this.#whole(first.value)
    return await this.#withoutCount(first.reason)
  }

  /**
   * Requests the choices one by one after a rejection that is, or may be, about `n`. If it only may be, the first choice is
   * requested alone: if it is rejected, too, `n` was not the reason.
   */
  async #withoutCount(rejection: unknown): Promise<Reply> {
    const verdict = rejectsCount(rejection)
    if (verdict === false) throw rejection
    const { meter } = this.#call.request
    meter.refund()
    if (verdict === true) {
      this.#memory.note(this.#request.model, this.#provider, false)
      return await this.#join(await this.#singles(0))
    }
    const one = withSeed(forOneChoice(this.#request), 0)
    const first = await this.#next(one, this.#call).catch(() => Promise.reject(rejection as Error))
    this.#memory.note(this.#request.model, this.#provider, false)
    return await this.#join([{ status: 'fulfilled', value: first }, ...(await this.#singles(1))])
  }

  /** Requests one choice of a provider that does not support `n`, and the others beside it. */
  readonly #requestFor = (provider: string, request: ChatRequest): ChatRequest => {
    this.#provider = provider
    if (!this.#others && this.#memory.lacksSupport(request.model, provider)) this.#others = this.#singles(1)
    return this.#others ? forOneChoice(request) : request
  }

  /** Remembers whether the provider made all choices. */
  #learn(made: number): void {
    this.#memory.note(this.#request.model, this.#provider, made >= this.#count)
  }

  async #whole(first: Reply): Promise<Reply> {
    const whole = await first.completion()
    const made = whole.choices.length
    this.#learn(made)
    if (made >= this.#count || made === 0) return new CompleteReply(whole, first.head.provider)
    const replies = this.#succeeded(await this.#singles(made))
    const more = this.#succeeded(await Promise.allSettled(replies.map(reply => reply.completion())))
    return new CompleteReply(mergeCompletions([whole, ...more]), first.head.provider)
  }

  #stream(first: Reply): Reply {
    let live: Reply = first
    let stopped = false
    const chunks = this.#topUp(first, reply => {
      live = reply
      if (stopped) reply.cancel()
    })
    return new StreamReply(first.head, chunks, reason => {
      stopped = true
      live.cancel(reason)
    })
  }

  /** The first stream, then streams for the choices that it lacked. */
  async *#topUp(first: Reply, live: (reply: Reply) => void): AsyncGenerator<Chunk> {
    const { head } = first
    const seen = new Set<number>()
    let usage: Usage | undefined
    for await (const chunk of first) {
      usage = chunk.usage ?? usage
      for (const choice of chunk.choices) seen.add(choice.index)
      const part = chunkOfPart(chunk, head, 0)
      if (part) yield part
    }
    this.#learn(seen.size)
    if (seen.size > 0 && seen.size < this.#count) {
      const replies = this.#succeeded(await this.#singles(seen.size))
      if (replies.length > 0) {
        const more = mergeStreams(partsOf(replies))
        live(more)
        for await (const chunk of more) {
          usage = sumUsage(usage, chunk.usage)
          const part = chunkOfPart(chunk, head, seen.size)
          if (part) yield part
        }
      }
    }
    if (usage) yield usageChunk(head, usage)
  }

  /** One answer with a choice of each call that succeeds; throws the first error if none does. */
  async #join(results: Results): Promise<Reply> {
    const replies = this.#succeeded(results, 1)
    if (this.#request.stream) return mergeStreams(partsOf(replies))
    const wholes = await Promise.allSettled(replies.map(reply => reply.completion()))
    return new CompleteReply(mergeCompletions(this.#succeeded(wholes, 1)), replies[0]?.head.provider)
  }

  /** Concurrent calls for the choices from `from` on, one for each. */
  #singles(from: number): Promise<Results> {
    const one = forOneChoice(this.#request)
    const indexes = Array.from({ length: this.#count - from }, (_, index) => from + index)
    return Promise.allSettled(indexes.map(index => this.#next(withSeed(one, index), this.#call)))
  }

  /** The values of the successful calls; records if some failed, and throws if there are fewer than `atLeast`. */
  #succeeded<T>(results: readonly PromiseSettledResult<T>[], atLeast = 0): readonly T[] {
    const values = results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    const failed = results.find(result => result.status === 'rejected')
    if (!failed) return values
    if (values.length < atLeast) throw failed.reason
    const { path, request } = this.#call
    request.meter.leaveOut()
    request.log.warn({ err: failed.reason as unknown, path }, 'a call for another choice failed')
    return values
  }
}

type Results = readonly PromiseSettledResult<Reply>[]

function partsOf(replies: readonly Reply[]): readonly Part[] {
  return replies.map(reply => ({ reply, choices: 1 }))
}

/** Whether a provider rejected the request because of its `n`: `maybe` if its words leave that open. */
function rejectsCount(error: unknown): boolean | 'maybe' {
  if (!(error instanceof HulumanageError) || error.code !== 'upstream_rejected') return false
  const { param = null, code = null, message = error.message } = error.upstream ?? {}
  if (refusesCount({ param, code, message, type: '' })) return true
  return param === null && code !== 'context_length_exceeded' && error.status < 500 ? 'maybe' : false
}
