import { LRUCache } from 'lru-cache'
import { HulumanageError } from '../contract/index.ts'
import type { Call, ChatRequest, Chunk, Reply, Upstream, Usage } from '../contract/index.ts'
import { chunkOfPart, mergeCompletions, mergeStreams, type Part, sum, usageChunk } from './merge.ts'
import { CompleteReply, StreamReply } from './reply.ts'

/**
 * Remembers which providers ignore `n`, by model. Forgets after ten minutes, so that a provider that has learnt it is
 * asked again.
 */
export class ChoiceMemory {
  readonly #honours = new LRUCache<string, Map<string, boolean>>({ max: 1000, ttl: 600_000 })

  note(model: string, provider: string, honours: boolean): void {
    const known = this.#honours.get(model)
    if (known) known.set(provider, honours)
    else this.#honours.set(model, new Map([[provider, honours]]))
  }

  /** Whether every provider known to serve the model ignores `n`. */
  ignored(model: string): boolean {
    const known = this.#honours.get(model)
    return known !== undefined && ![...known.values()].includes(true)
  }
}

/**
 * Makes `n` hold: where the upstream answers with fewer choices, or rejects `n`, the missing ones are asked for singly,
 * side by side, with `seed + i` for choice i. Answers with fewer only where some of these calls fail.
 */
export function withChoices(next: Upstream, memory: ChoiceMemory): Upstream {
  return (request, call) => {
    const count = request.n ?? 1
    return count > 1 ? new Choices(next, memory, request, call, count).reply() : next(request, call)
  }
}

class Choices {
  readonly #next: Upstream
  readonly #memory: ChoiceMemory
  readonly #request: ChatRequest
  readonly #call: Call
  readonly #count: number

  constructor(next: Upstream, memory: ChoiceMemory, request: ChatRequest, call: Call, count: number) {
    this.#next = next
    this.#memory = memory
    this.#request = request
    this.#call = call
    this.#count = count
  }

  async reply(): Promise<Reply> {
    if (this.#memory.ignored(this.#request.model)) return await this.#fanOut()
    let first: Reply
    try {
      first = await this.#next(this.#request, this.#call)
    } catch (error) {
      if (!rejectsCount(error)) throw error
      this.#memory.note(this.#request.model, '', false)
      return await this.#fanOut()
    }
    return this.#request.stream ? this.#stream(first) : await this.#whole(first)
  }

  /** Notes whether the provider of `reply` made all choices. */
  #learn(reply: Reply, made: number): void {
    this.#memory.note(this.#request.model, reply.head.provider ?? '', made >= this.#count)
  }

  async #whole(first: Reply): Promise<Reply> {
    const whole = await first.completion()
    const made = whole.choices.length
    this.#learn(first, made)
    if (made >= this.#count || made === 0) return new CompleteReply(whole, first.head.provider)
    const { replies } = await this.#singles(made)
    const wholes = await Promise.allSettled(replies.map(reply => reply.completion()))
    const more = wholes.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    return new CompleteReply(mergeCompletions([whole, ...more]), first.head.provider)
  }

  #stream(first: Reply): Reply {
    let live: Reply = first
    let stopped = false
    const chunks = this.#toppedUp(first, reply => {
      live = reply
      if (stopped) reply.cancel()
    })
    return new StreamReply(first.head, chunks, reason => {
      stopped = true
      live.cancel(reason)
    })
  }

  /** The first stream, and when it has ended with fewer choices, streams for those that are missing. */
  async *#toppedUp(first: Reply, live: (reply: Reply) => void): AsyncGenerator<Chunk> {
    const { head } = first
    const seen = new Set<number>()
    let usage: Usage | undefined
    for await (const chunk of first) {
      usage = chunk.usage ?? usage
      for (const choice of chunk.choices) seen.add(choice.index)
      const part = chunkOfPart(chunk, head, 0)
      if (part) yield part
    }
    this.#learn(first, seen.size)
    if (seen.size > 0 && seen.size < this.#count) {
      const { replies } = await this.#singles(seen.size)
      if (replies.length > 0) {
        const more = mergeStreams(partsOf(replies))
        live(more)
        for await (const chunk of more) {
          usage = sum(usage, chunk.usage)
          const part = chunkOfPart(chunk, head, seen.size)
          if (part) yield part
        }
      }
    }
    if (usage) yield usageChunk(head, usage)
  }

  /** All choices by calls for one each. */
  async #fanOut(): Promise<Reply> {
    const { replies, error } = await this.#singles(0)
    const [first] = replies
    if (!first) throw error
    if (this.#request.stream) return mergeStreams(partsOf(replies))
    const wholes = await Promise.allSettled(replies.map(reply => reply.completion()))
    const made = wholes.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    if (made.length === 0) throw firstError(wholes)
    return new CompleteReply(mergeCompletions(made), first.head.provider)
  }

  /** The replies that came, of calls for the choices from `from` on; and the first error. */
  async #singles(from: number): Promise<{ replies: readonly Reply[]; error: unknown }> {
    const { n: _n, ...single } = this.#request
    const indexes = Array.from({ length: this.#count - from }, (_, place) => from + place)
    const results = await Promise.allSettled(
      indexes.map(index => this.#next(withSeed(single as ChatRequest, index), this.#call)),
    )
    const error = firstError(results)
    if (error !== undefined) {
      const { path, request } = this.#call
      request.log.warn({ err: error, path }, 'a call for a further choice failed')
    }
    return {
      replies: results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : [])),
      error,
    }
  }
}

function partsOf(replies: readonly Reply[]): readonly Part[] {
  return replies.map(reply => ({ reply, choices: 1 }))
}

function firstError(results: readonly PromiseSettledResult<unknown>[]): unknown {
  return results.find(result => result.status === 'rejected')?.reason
}

/** The request for sample `index`: with the client's seed, each sample gets one of its own. */
export function withSeed(request: ChatRequest, index: number): ChatRequest {
  return typeof request.seed === 'number' && index > 0 ? { ...request, seed: request.seed + index } : request
}

const aboutCount =
  /['"`]n['"`]|\bn\s*(?:[<>=]|must|should|is|can|has|larger|greater)|\bparameter:? n\b|(?:number of|multiple) (?:choices|completions)/i

/** Whether a provider refused the request because of its `n`. */
function rejectsCount(error: unknown): boolean {
  if (!(error instanceof HulumanageError) || error.code !== 'upstream_rejected') return false
  return error.upstream?.param === 'n' || aboutCount.test(error.upstream?.message ?? error.message)
}
