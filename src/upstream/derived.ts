import type { Chunk, Completion, Done, Reply, ReplyHead } from '../contract/index.ts'
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
