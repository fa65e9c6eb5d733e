import type { Chunk, Completion, Done, ReplyHead, Wire } from '../../src/contract/index.ts'
import { collect } from '../../src/chat/completion.ts'
import { usageChunk } from '../../src/chat/merge.ts'
import { BaseReply, cancelError } from '../../src/chat/reply.ts'
import type { Landing, Seat } from './flight.ts'
import { chunksIn, doneFrame } from './frames.ts'
import type { Reader, Recording } from './recording.ts'

/** A recording as the answer of all who share its call. */
export function sharedStream(recording: Recording): Landing {
  return { reply: seat => (recording.tooLarge ? undefined : new SharedReply(recording, seat)) }
}

/**
 * One request's reading of a recording. Ends with the reason of the request's own signal, and leaves the others be. The
 * first one gets the stream as its call gave it; the others get usage at the end, for whoever asks for it.
 */
class SharedReply extends BaseReply implements Reader {
  readonly head: ReplyHead
  readonly done: Promise<Done>
  readonly wire?: Wire
  at = 0
  wake: () => void = () => {}
  readonly #recording: Recording
  readonly #seat: Seat
  #stopped: Error | undefined
  #settle: (done: Done) => void = () => {}

  constructor(recording: Recording, seat: Seat) {
    super()
    this.head = { ...recording.head, cache: seat.leads ? 'miss' : 'hit' }
    this.#recording = recording
    this.#seat = seat
    this.done = new Promise(resolve => {
      this.#settle = resolve
    })
    const { wire } = recording
    if (wire?.dialect === 'chat' && seat.leads)
      this.wire = { ...wire, body: { [Symbol.asyncIterator]: () => this.#relayed() } }
    recording.join(this)
    seat.signal.addEventListener('abort', this.#onAbort)
    if (seat.signal.aborted) this.#onAbort()
  }

  readonly #onAbort = (): void => this.cancel(this.#seat.signal.reason)

  cancel(reason?: unknown): void {
    if (this.#stopped) return
    this.#stopped = cancelError(reason)
    this.#release({ usage: undefined, finish: [], error: this.#stopped })
    if (!this.#recording.ended) this.#seat.leave(reason)
    this.wake()
  }

  #release(done: Done): void {
    this.#settle(done)
    this.#seat.signal.removeEventListener('abort', this.#onAbort)
    this.#recording.leave(this)
  }

  async *#frames(): AsyncGenerator<string> {
    try {
      for (let next = await this.#next(); next !== 'end'; next = await this.#next()) yield next.frames
      this.#release(await this.#recording.done)
    } catch (error) {
      if (!this.#stopped) this.#release({ usage: undefined, finish: [], error: asError(error) })
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

  async *#relayed(): AsyncGenerator<string> {
    this.take()
    yield* this.#frames()
    yield doneFrame
  }

  protected async *chunks(): AsyncGenerator<Chunk> {
    for await (const frames of this.#frames()) yield* chunksIn(frames)
    if (this.#seat.leads) return
    const { usage } = await this.#recording.done
    if (usage) yield usageChunk(this.head, usage)
  }

  protected whole(): Promise<Completion> {
    return collect(this.chunks())
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
