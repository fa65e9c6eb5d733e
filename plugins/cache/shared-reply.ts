import { toError } from '../../src/contract/errors.ts'
import type { Chunk, Completion, ReplyEnd, ReplyHead, Wire } from '../../src/contract/index.ts'
import { ChunkReader } from '../../src/chat/read/chunk.ts'
import { maxChoices } from '../../src/chat/read/head.ts'
import type { Expected } from '../../src/chat/read/head.ts'
import { collect } from '../../src/chat/collect.ts'
import { usageChunk } from '../../src/chat/merge.ts'
import { BaseReply, cancelError } from '../../src/chat/reply.ts'
import { doneFrame } from '../../src/text/sse.ts'
import type { SharedAnswer, Waiter } from './flight.ts'
import { chunksIn } from './frames.ts'
import type { Reader, Recording } from './recording.ts'

/** A recording as the answer of all waiters of its call. */
export function sharedStream(recording: Recording, expected: Expected): SharedAnswer {
  return { reply: waiter => (recording.tooLarge ? undefined : new SharedReply(recording, waiter, expected)) }
}

/**
 * One waiter's reply from a recording. It ends with the reason of the waiter's own signal and does not affect the others.
 * The leader gets the stream exactly as its call produced it; the others get a usage chunk at the end, in case they want it.
 */
class SharedReply extends BaseReply implements Reader {
  readonly head: ReplyHead
  readonly done: Promise<ReplyEnd>
  readonly wire?: Wire
  at = 0
  wake: () => void = () => {}
  readonly #recording: Recording
  readonly #waiter: Waiter
  readonly #expected: Expected
  #stopped: Error | undefined
  #resolveDone: (done: ReplyEnd) => void = () => {}

  constructor(recording: Recording, waiter: Waiter, expected: Expected) {
    super()
    this.head = { ...recording.head, cache: waiter.isLeader ? 'miss' : 'hit' }
    this.#recording = recording
    this.#waiter = waiter
    this.#expected = expected
    this.done = new Promise(resolve => {
      this.#resolveDone = resolve
    })
    const { wire } = recording
    if (wire?.dialect === 'chat' && waiter.isLeader)
      this.wire = { ...wire, body: { [Symbol.asyncIterator]: () => this.#relay() } }
    recording.join(this)
    waiter.signal.addEventListener('abort', this.#onAbort)
    if (waiter.signal.aborted) this.#onAbort()
  }

  readonly #onAbort = (): void => this.cancel(this.#waiter.signal.reason)

  cancel(reason?: unknown): void {
    if (this.#stopped) return
    this.#stopped = cancelError(reason)
    this.#release({ usage: undefined, finish: [], error: this.#stopped })
    if (!this.#recording.ended) this.#waiter.leave(reason)
    this.wake()
  }

  #release(done: ReplyEnd): void {
    this.#resolveDone(done)
    this.#waiter.signal.removeEventListener('abort', this.#onAbort)
    this.#recording.leave(this)
  }

  async *#frames(): AsyncGenerator<string> {
    try {
      for (let next = await this.#next(); next !== 'end'; next = await this.#next()) yield next.frames
      this.#release(await this.#recording.done)
    } catch (error) {
      if (!this.#stopped) this.#release({ usage: undefined, finish: [], error: toError(error) })
      throw error
    } finally {
      this.cancel()
    }
  }

  async #next(): Promise<{ readonly frames: string } | 'end'> {
    for (;;) {
      if (this.#stopped) throw this.#stopped
      const taken = this.#recording.take(this)
      if (taken) return taken
      await new Promise<void>(resolve => {
        this.wake = resolve
      })
    }
  }

  async *#relay(): AsyncGenerator<string> {
    this.take()
    yield* this.#frames()
    yield doneFrame
  }

  protected async *chunks(): AsyncGenerator<Chunk> {
    // Only the frames of a provider are not our own; branches have more choices than the request asked for.
    const { choices } = this.#recording.wire ? this.#expected : { choices: maxChoices }
    const reader = new ChunkReader({ ...this.#expected, choices })
    for await (const frames of this.#frames()) yield* chunksIn(frames, reader)
    if (this.#waiter.isLeader) return
    const { usage } = await this.#recording.done
    if (usage) yield usageChunk(this.head, usage)
  }

  protected whole(): Promise<Completion> {
    return collect(this.chunks())
  }
}
