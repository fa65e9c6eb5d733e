import type { Chunk, ReplyEnd, ReplyHead, Usage } from '../../contract/index.ts'
import { cancelError } from '../../chat/reply.ts'
import { frame } from '../../text/sse.ts'
import { background } from '../../time/background.ts'
import { AttemptFailure } from '../failure.ts'
import { Spent } from '../recovery/recovery.ts'
import type { BrokenStream, Recover } from '../recovery/recovery.ts'
import type { NativeEvents } from '../native-events.ts'
import type { EventQueue, Pausable } from './event-queue.ts'
import type { StreamOptions } from './stream-options.ts'

/** A stream at the moment it ends with an error. */
interface EndedStream {
  readonly failure: Error
  readonly head: ReplyHead
  readonly usage: Usage
  /** Called with the end of the whole stream, recovered or not. */
  readonly onEnd: (end: ReplyEnd) => void
}

/**
 * Begins to recover a stream. Undefined if it cannot be recovered: nobody wants its rest, it is too long, or it has said what
 * no other service can.
 */
export function successionOf(
  { failure, head, usage, onEnd }: EndedStream,
  { recover, request, log, native }: StreamOptions,
  queue: EventQueue,
): Succession | undefined {
  if (!recover || !(failure instanceof AttemptFailure) || !failure.retryable) return undefined
  const answer = queue.shown?.takeAnswer()
  if (!answer || answer.isOpaque || native?.handOver() === false) return undefined
  const succession = new Succession(queue, native, onEnd)
  // A copy leaves the relay: the rest is written from chunks, which have all that a translated answer says.
  const asked = native ? { ...request } : request
  const moved = succession.begin(recover, { failure, request: asked, head, answer, spent: new Spent(usage) })
  background(moved, log, 'the recovery of a stream failed to end')
  return succession
}

/** The rest of a broken stream on its way into the queue from which the stream is read. */
export class Succession implements Pausable {
  readonly #controller = new AbortController()
  readonly #queue: EventQueue
  readonly #native: NativeEvents | undefined
  readonly #onEnd: (end: ReplyEnd) => void
  /** Pending while the reader is slow. */
  #paused: PromiseWithResolvers<void> | undefined

  /** `native`: the events of a stream that is read in the service's own API. */
  constructor(queue: EventQueue, native: NativeEvents | undefined, onEnd: (end: ReplyEnd) => void) {
    this.#queue = queue
    this.#native = native
    this.#onEnd = onEnd
    queue.follow(this)
  }

  /** Moves the rest into the queue, and ends it. */
  begin(recover: Recover, broken: Omit<BrokenStream, 'signal'>): Promise<void> {
    const rest = recover({ ...broken, signal: this.#controller.signal })
    const end = (error?: Error) => {
      const { usage } = broken.spent
      const { finish } = broken.answer
      this.#onEnd(error ? { usage, finish, error } : { usage, finish })
      this.#queue.end(error)
    }
    return this.#move(rest, this.#controller.signal)
      .then(() => this.#native?.end(broken.spent.usage))
      .then(() => end(), end)
  }

  async #move(rest: AsyncIterable<Chunk>, signal: AbortSignal): Promise<void> {
    for await (const chunk of rest) {
      signal.throwIfAborted()
      this.#native?.write(chunk)
      this.#queue.add(frame(JSON.stringify(chunk)), chunk)
      this.#queue.flush()
      await this.#paused?.promise
    }
    signal.throwIfAborted()
  }

  /** Ends the recovery: the reader has left. */
  cancel(reason: unknown): void {
    this.#controller.abort(cancelError(reason))
    this.resume()
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers()
  }

  resume(): void {
    this.#paused?.resolve()
    this.#paused = undefined
  }
}
