import type { Chunk, Completion, Done, FinishReason, Reply, ReplyHead } from '../contract/index.ts'
import { BaseReply } from './reply.ts'

/** How another reply's body is changed, in both of its forms. */
export interface Change {
  readonly chunks: (source: AsyncIterable<Chunk>) => AsyncGenerator<Chunk>
  readonly completion: (whole: Completion) => Completion | Promise<Completion>
}

/** Another reply with its body changed: as it streams where it is read as chunks, whole where it is read whole. */
export class DerivedReply extends BaseReply {
  readonly head: ReplyHead
  readonly done: Promise<Done>
  readonly #source: Reply
  readonly #change: Change

  constructor(source: Reply, change: Change) {
    super()
    this.head = source.head
    this.done = source.done
    this.#source = source
    this.#change = change
  }

  cancel(reason?: unknown): void {
    this.#source.cancel(reason)
  }

  protected chunks(): AsyncGenerator<Chunk> {
    return this.#change.chunks(this.#source)
  }

  protected async whole(): Promise<Completion> {
    return await this.#change.completion(await this.#source.completion())
  }
}

/** A reply cut to its first `count` choices. */
export function firstChoices(reply: Reply, count: number): Reply {
  return new DerivedReply(reply, {
    completion: whole =>
      whole.choices.length > count ? { ...whole, choices: whole.choices.slice(0, count) } : whole,
    chunks: source => cutChunks(source, count),
  })
}

/**
 * A reply given because a budget ran out before there was a better one: it ends with `length`, as an answer does whose
 * tokens ran out. What calls a tool keeps its end, or clients would not make the call.
 */
export function cutShort(reply: Reply): Reply {
  return new DerivedReply(reply, {
    completion: whole => ({ ...whole, choices: whole.choices.map(shortened) }),
    chunks: async function* (source) {
      for await (const chunk of source) yield { ...chunk, choices: chunk.choices.map(shortened) }
    },
  })
}

function shortened<C extends { readonly finish_reason?: FinishReason }>(choice: C): C {
  return choice.finish_reason === 'stop' ? { ...choice, finish_reason: 'length' } : choice
}

async function* cutChunks(source: AsyncIterable<Chunk>, count: number): AsyncGenerator<Chunk> {
  for await (const chunk of source) {
    if (chunk.choices.every(choice => choice.index < count)) {
      yield chunk
      continue
    }
    const choices = chunk.choices.filter(choice => choice.index < count)
    if (choices.length > 0 || chunk.usage) yield { ...chunk, choices }
  }
}
