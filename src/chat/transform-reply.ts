import type { Chunk, Completion, FinishReason, Reply, ReplyEnd, ReplyHead } from '../contract/index.ts'
import { BaseReply } from './reply.ts'

/** How to change the body of a reply, in both of its forms. */
export interface Transform {
  readonly chunks: (source: AsyncIterable<Chunk>) => AsyncGenerator<Chunk>
  readonly completion: (whole: Completion) => Completion | Promise<Completion>
}

/** A reply with the body of another one changed, in whichever form it is read. */
export class TransformedReply extends BaseReply {
  readonly head: ReplyHead
  readonly done: Promise<ReplyEnd>
  readonly #source: Reply
  readonly #transform: Transform

  constructor(source: Reply, transform: Transform) {
    super()
    this.head = source.head
    this.done = source.done
    this.#source = source
    this.#transform = transform
  }

  cancel(reason?: unknown): void {
    this.#source.cancel(reason)
  }

  protected chunks(): AsyncGenerator<Chunk> {
    return this.#transform.chunks(this.#source)
  }

  protected async whole(): Promise<Completion> {
    return await this.#transform.completion(await this.#source.completion())
  }
}

/** Limits a reply to its first `count` choices. */
export function limitChoices(reply: Reply, count: number): Reply {
  return new TransformedReply(reply, {
    completion: whole =>
      whole.choices.length > count ? { ...whole, choices: whole.choices.slice(0, count) } : whole,
    chunks: source => limitChunks(source, count),
  })
}

/**
 * Marks a reply that is returned only because a budget ran out before there was a better one: it ends with `length`, like
 * an answer that ran out of tokens. A tool call keeps its finish reason, or clients would not make the call.
 */
export function markCutShort(reply: Reply): Reply {
  return new TransformedReply(reply, {
    completion: whole => ({ ...whole, choices: whole.choices.map(withLengthFinish) }),
    chunks: async function* (source) {
      for await (const chunk of source) yield { ...chunk, choices: chunk.choices.map(withLengthFinish) }
    },
  })
}

function withLengthFinish<C extends { readonly finish_reason?: FinishReason }>(choice: C): C {
  return choice.finish_reason === 'stop' ? { ...choice, finish_reason: 'length' } : choice
}

async function* limitChunks(source: AsyncIterable<Chunk>, count: number): AsyncGenerator<Chunk> {
  for await (const chunk of source) {
    if (chunk.choices.every(choice => choice.index < count)) {
      yield chunk
      continue
    }
    const choices = chunk.choices.filter(choice => choice.index < count)
    if (choices.length > 0 || chunk.usage) yield { ...chunk, choices }
  }
}
