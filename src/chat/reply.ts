import { toError } from '../contract/errors.ts'
import { HulumanageError } from '../contract/index.ts'
import type { Chunk, Completion, Message, Reply, ReplyEnd, ReplyHead, Usage } from '../contract/index.ts'
import { collect } from './collect.ts'
import { chunksOf, completionOf, textOf } from './completion.ts'

/**
 * The base of all replies: one body, read once. A subclass provides the body both as chunks and as a whole; if it has
 * only one form, it makes the other from it.
 */
export abstract class BaseReply implements Reply {
  abstract readonly head: ReplyHead
  abstract readonly done: Promise<ReplyEnd>
  abstract cancel(reason?: unknown): void
  #taken = false

  /** Marks the body as read; throws `reply_read` if it has been read already. */
  protected take(): void {
    if (this.#taken) {
      throw new HulumanageError(
        'reply_read',
        'The body of this reply has been read already; keep the result of the first read',
      )
    }
    this.#taken = true
  }

  protected abstract chunks(): AsyncIterator<Chunk>
  protected abstract whole(): Promise<Completion>

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    this.take()
    return this.chunks()
  }

  async completion(): Promise<Completion> {
    this.take()
    return await this.whole()
  }

  async text(): Promise<string> {
    return textOf((await this.completion()).choices[0]?.message)
  }

  async texts(): Promise<readonly string[]> {
    return (await this.completion()).choices.map(choice => textOf(choice.message))
  }

  async message(): Promise<Message> {
    return (await this.completion()).choices[0]?.message ?? { role: 'assistant', content: null }
  }
}

/** A reply whose completion is already available. */
export class CompleteReply extends BaseReply {
  readonly head: ReplyHead
  readonly #completion: Completion
  #end: ReplyEnd | undefined

  constructor(completion: Completion, provider?: string) {
    super()
    this.#completion = completion
    this.head = headOf(completion, provider)
  }

  get done(): Promise<ReplyEnd> {
    return Promise.resolve(this.end)
  }

  /** The completion, for code that sees it without being its reader. */
  get body(): Completion {
    return this.#completion
  }

  /** The end of its body, which no reader has to wait for. */
  get end(): ReplyEnd {
    return (this.#end ??= {
      usage: this.usage,
      finish: this.#completion.choices.map(choice => choice.finish_reason),
    })
  }

  /** Undefined if the answer does not say. */
  get usage(): Usage | undefined {
    return this.#completion.usage ?? undefined
  }

  cancel(): void {}

  protected async *chunks(): AsyncGenerator<Chunk> {
    yield* chunksOf(this.#completion)
  }

  protected whole(): Promise<Completion> {
    return Promise.resolve(this.#completion)
  }
}

/**
 * Calls `onEnd` with how a reply has ended: at once for one that is complete, which saves each relayed answer a promise,
 * or later; the promise that it then returns rejects if `done` does.
 */
export function whenDone(reply: Reply, onEnd: (end: ReplyEnd) => void): Promise<void> | undefined {
  if (!(reply instanceof CompleteReply)) return reply.done.then(onEnd)
  onEnd(reply.end)
  return undefined
}

/** A reply made from chunks as they arrive. Leaving the loop early, or calling `cancel`, ends the source. */
export class StreamReply extends BaseReply {
  readonly head: ReplyHead
  readonly done: Promise<ReplyEnd>
  readonly #source: AsyncIterable<Chunk>
  readonly #cancelSource: (reason?: unknown) => void
  #resolveDone: (done: ReplyEnd) => void = () => {}
  #cancelled: Error | undefined

  constructor(head: ReplyHead, source: AsyncIterable<Chunk>, cancel: (reason?: unknown) => void = () => {}) {
    super()
    this.head = head
    this.#source = source
    this.#cancelSource = cancel
    this.done = new Promise(resolve => {
      this.#resolveDone = resolve
    })
  }

  cancel(reason?: unknown): void {
    this.#cancelled ??= cancelError(reason)
    this.#resolveDone({ usage: undefined, finish: [], error: this.#cancelled })
    this.#cancelSource(reason)
  }

  protected async *chunks(): AsyncGenerator<Chunk> {
    let usage: Usage | undefined
    const finish: (string | null)[] = []
    let ended = false
    try {
      for await (const chunk of this.#source) {
        if (chunk.usage) usage = chunk.usage
        for (const choice of chunk.choices)
          finish[choice.index] = choice.finish_reason ?? finish[choice.index] ?? null
        yield chunk
      }
      ended = true
      if (this.#cancelled) throw this.#cancelled
      this.#resolveDone({ usage, finish })
    } catch (error) {
      ended = true
      this.#resolveDone({ usage, finish, error: toError(error) })
      throw error
    } finally {
      if (!ended) this.cancel()
    }
  }

  protected whole(): Promise<Completion> {
    return collect(this.chunks())
  }
}

/** A reply from text that a step wrote itself: one text, or one for each choice. */
export function replyFrom(answer: string | readonly string[], model: string): Reply {
  const texts = typeof answer === 'string' ? [answer] : answer
  return new CompleteReply(
    completionOf(
      texts.map(content => ({ role: 'assistant', content })),
      model,
    ),
  )
}

/** A reply from complete messages, one for each choice: for answers with tool calls. */
export function replyFromMessages(messages: readonly Message[], model: string): Reply {
  return new CompleteReply(completionOf(messages, model))
}

/** A reply that passes the chunks of another through `change` as they stream; returning undefined drops a chunk. */
export function mapReply(reply: Reply, change: (chunk: Chunk) => Chunk | undefined): Reply {
  async function* changed(): AsyncGenerator<Chunk> {
    for await (const chunk of reply) {
      const next = change(chunk)
      if (next) yield next
    }
  }
  return new StreamReply(reply.head, changed(), reason => reply.cancel(reason))
}

/** The head of a completion. */
export function headOf(completion: Completion, provider?: string): ReplyHead {
  const { id, model, created } = completion
  return provider === undefined ? { id, model, created } : { id, model, created, provider }
}

/** The error that a reader gets after `cancel`: the reason itself if that is an error. */
export function cancelError(reason: unknown): Error {
  if (reason instanceof Error) return reason
  return new HulumanageError('client_closed', 'The call was cancelled')
}

/** A method found no answer of a model that it could use. */
export class NoAnswer extends HulumanageError {
  /** The answer that still says most: cut off while the model was thinking, with its finish reason. */
  readonly cutOff: (() => Reply) | undefined

  constructor(message: string, cutOff: (() => Reply) | undefined) {
    super('no_answer', message)
    this.cutOff = cutOff
  }
}
