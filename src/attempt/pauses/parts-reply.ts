import { toError } from '../../contract/errors.ts'
import { collect } from '../../chat/collect.ts'
import { usageChunk } from '../../chat/merge.ts'
import { BaseReply, cancelError } from '../../chat/reply.ts'
import type {
  Chunk,
  ChunkChoice,
  Completion,
  FinishReason,
  Reply,
  ReplyEnd,
  ReplyHead,
} from '../../contract/index.ts'
import type { Parts } from './parts.ts'
import { shifted } from './shifted.ts'

/** The parts of one answer as one stream. */
export class PartsReply extends BaseReply implements Reply {
  readonly head: ReplyHead
  readonly done: Promise<ReplyEnd>
  readonly #parts: Parts
  #reply: Reply
  #resolveDone: (end: ReplyEnd) => void = () => {}
  #cancelled: Error | undefined
  /** The characters of text so far, and those before the current part. */
  #characters = 0
  #offset = 0
  #finish: FinishReason = null
  #wantsUsage = false

  constructor(first: Reply, parts: Parts) {
    super()
    this.head = first.head
    this.#reply = first
    this.#parts = parts
    this.done = new Promise(resolve => {
      this.#resolveDone = resolve
    })
  }

  cancel(reason?: unknown): void {
    this.#cancelled ??= cancelError(reason)
    this.#reply.cancel(reason)
    this.#parts.release()
    this.#end(this.#cancelled)
  }

  #end(error?: Error): void {
    const end = { usage: this.#parts.usage, finish: [this.#finish] }
    this.#resolveDone(error ? { ...end, error } : end)
  }

  protected async *chunks(): AsyncGenerator<Chunk> {
    try {
      yield* this.#all()
      this.#end()
    } catch (error) {
      this.#end(toError(error))
      throw error
    } finally {
      this.cancel()
    }
  }

  async *#all(): AsyncGenerator<Chunk> {
    let end: Chunk | undefined
    for (let next: Reply | undefined = this.#reply; next; next = await this.#parts.next()) {
      this.#reply = next
      if (this.#cancelled) throw this.#cancelled
      this.#offset = this.#characters
      for await (const chunk of next) {
        const fitting = this.#fitting(chunk)
        const isEnd = fitting?.choices[0]?.finish_reason != null
        if (isEnd && this.#parts.isPaused) end = fitting
        else if (fitting) yield fitting
      }
    }
    if (this.#parts.isPaused && end) yield end
    if (this.#wantsUsage && this.#parts.usage) yield usageChunk(this.head, this.#parts.usage)
  }

  /** A chunk of a part as one of the whole; undefined if it has only usage, which is summed up. */
  #fitting({ usage, ...chunk }: Chunk): Chunk | undefined {
    this.#wantsUsage ||= usage != null
    if (chunk.choices.length === 0 && usage) return undefined
    const { id, created, model } = this.head
    return { ...chunk, id, created, model, choices: chunk.choices.map(choice => this.#placed(choice)) }
  }

  #placed(choice: ChunkChoice): ChunkChoice {
    const { content } = choice.delta
    if (typeof content === 'string') this.#characters += content.length
    this.#finish = choice.finish_reason ?? this.#finish
    return this.#offset === 0 ? choice : { ...choice, delta: shifted(choice.delta, this.#offset) }
  }

  protected whole(): Promise<Completion> {
    return collect(this.chunks())
  }
}
