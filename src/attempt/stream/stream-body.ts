import { collect } from '../../chat/collect.ts'
import { estimateUsage } from '../../chat/estimate.ts'
import { usageChunk } from '../../chat/merge.ts'
import { hasContent } from '../../chat/read/chunk.ts'
import { BaseReply } from '../../chat/reply.ts'
import type { Chunk, Completion, Reply, ReplyEnd, ReplyHead, Usage, Wire } from '../../contract/index.ts'
import { wantsStreamUsage } from '../../providers/stream-usage.ts'
import { frame } from '../../text/sse.ts'
import { badResponse, truncatedStream } from '../failure.ts'
import { ShownFrames } from './shown-frames.ts'
import { successionOf } from './succession.ts'
import type { Succession } from './succession.ts'
import { replyHead, withCounts, withoutUsage } from './chunk.ts'
import type { PassedChunk, ReadEvent } from './chunk.ts'
import { EventQueue } from './event-queue.ts'
import { EventScanner } from './event-scanner.ts'
import type { EventSink } from './event-scanner.ts'
import { withoutEmptyUsage } from './frames.ts'
import type { Frames } from './frames.ts'
import { withHead } from './opening-chunks.ts'
import { Packets } from '../packets.ts'
import type { StreamOptions, StreamSource } from './stream-options.ts'
import { StreamProgress } from './stream-progress.ts'
import { framesOf, nativeEventsOf } from './wire.ts'

/** `opening`: no content yet; `flowing`: the reply may be read; `ended`: nothing more will come. */
type Phase = 'opening' | 'flowing' | 'ended'

/**
 * A reply that is a provider's stream. Each event is kept with its text, so that a relay passes the provider's own JSON on.
 * The stream is complete with `[DONE]`, a finish reason for every choice, or usage alone behind the answer; anything else is
 * a failure, which the reader gets as a thrown error after the events before it.
 */
export class StreamBody extends BaseReply implements Reply, EventSink {
  readonly done: Promise<ReplyEnd>
  readonly wire: Wire
  head: ReplyHead
  /** Known, or estimated, once the body has ended. */
  usage: Usage | undefined
  readonly #options: StreamOptions
  readonly #source: StreamSource
  readonly #scanner: EventScanner
  readonly #queue: EventQueue
  readonly progress: StreamProgress
  #succession: Succession | undefined
  readonly #packets = new Packets(bytes => this.#scan(bytes))
  #phase: Phase = 'opening'
  #resolveDone: (done: ReplyEnd) => void = () => {}

  constructor(options: StreamOptions, source: StreamSource) {
    super()
    this.#options = options
    this.#source = source
    this.progress = new StreamProgress(options.maxLength)
    this.#scanner = new EventScanner(options, this)
    this.#queue = new EventQueue(source, options.recover && new ShownFrames())
    this.head = replyHead(undefined, options.provider, options.request.model)
    this.done = new Promise(resolve => {
      this.#resolveDone = resolve
    })
    const { native, headers } = options
    const body = {
      [Symbol.asyncIterator]: () =>
        native ? nativeEventsOf(this, this.#queue, native) : framesOf(this, this.#queue),
    }
    this.wire = { dialect: native?.dialect ?? 'chat', status: 200, headers, body }
  }

  // Called by the attempt.

  /** Whether nothing of the answer is missing, should the stream break. */
  get hasEnded(): boolean {
    return this.progress.hasEnded
  }

  /** Takes a packet from the provider. */
  feed(bytes: Buffer): void {
    this.#packets.add(bytes)
  }

  #scan(bytes: Buffer): void {
    if (this.#phase === 'ended') return
    try {
      this.#scanner.scan(bytes)
    } catch (error) {
      if (this.hasEnded) this.onDone()
      else this.#source.broke(error)
    }
    // A source that is paused before there is a reader would never be resumed.
    if (this.#phase !== 'opening') this.#queue.flush()
  }

  /** Ends the body where HTTP says it ends. Throws an `AttemptFailure` if the stream is not complete. */
  end(): void {
    this.#packets.flush()
    if (this.#phase === 'ended') return
    try {
      this.#scanner.end()
    } catch (error) {
      // A cut event behind the answer, such as usage, costs nothing.
      if (!this.hasEnded) throw error
    }
    if (!this.#scanner.done && !this.progress.mayEnd)
      throw truncatedStream(this.#options.provider, this.#phase !== 'opening')
    this.#complete()
  }

  /** Ends the body with an error: its reader gets what came before, then the error. */
  fail(error: Error): void {
    this.#packets.flush()
    if (this.#phase !== 'ended') this.#close(error)
  }

  cancel(reason?: unknown): void {
    if (this.#phase !== 'ended') this.#source.cancel(reason)
    else this.#succession?.cancel(reason)
  }

  // Called by the scanner.

  onChunk(sent: ReadEvent): void {
    if (this.#phase === 'opening') return this.#open(sent)
    const added = this.progress.add(sent, this.head, this.#options.expected)
    const { complete, isOver } = this.progress
    // Empty chunks behind the end do not prolong the wait.
    if (isOver || !complete || added.length > 0) this.#source.eventSeen(isOver)
    for (const passed of added) this.#pass(passed)
  }

  /** Takes a chunk before the first content, or with it. Once many that say nothing are queued, others are left out. */
  #open(sent: ReadEvent): void {
    const { chunk } = sent
    this.head = replyHead(chunk, this.#options.provider, this.#options.request.model)
    const begins = hasContent(chunk)
    const isKept = begins || !this.#queue.isFull || this.progress.isNew(chunk)
    const added = this.progress.add(sent, this.head, this.#options.expected)
    if (isKept) for (const passed of added) this.#pass(passed)
    if (!begins) return
    for (const { delta } of chunk.choices) this.#options.onFirst?.(delta)
    this.#start()
  }

  #pass({ chunk, json }: PassedChunk): void {
    const counted = this.#options.stripUsage ? withoutUsage(chunk) : withCounts(chunk)
    if (counted) this.#queue.add(frame((counted === chunk && json) || JSON.stringify(counted)), counted)
  }

  onText(frames: Frames): void {
    this.#source.eventSeen()
    this.progress.addText(frames.characters)
    this.#queue.add(this.#options.stripUsage ? withoutEmptyUsage(frames) : frames.text, undefined)
  }

  onNative(characters: number, saysMore: boolean): void {
    if (this.#phase === 'opening') return
    if (saysMore) this.#source.eventSeen(this.progress.isOver)
    // Nothing for a reader of chunks; the reader of native events wakes up for it.
    this.#queue.add('', undefined, characters)
  }

  onDone(): void {
    this.#source.eventSeen()
    this.#complete()
    this.#source.doneSeen()
  }

  // How it changes phase.

  #start(): void {
    this.#phase = 'flowing'
    this.#queue.replace(events => withHead(events, this.head))
    if ((this.#options.request.n ?? 1) <= 1) this.#scanner.passText()
    this.#source.contentSeen()
  }

  /** Ends a complete stream, with usage if the client asked for it and the provider sent none. Throws if it said nothing. */
  #complete(): void {
    if (this.#phase === 'ended') return
    if (this.#phase === 'opening')
      throw badResponse(this.#options.provider, 'ended its stream without an answer')
    if (this.#scanner.addEnd()) return
    const { stripUsage, request, expected } = this.#options
    for (const passed of this.progress.ending(this.head, expected)) this.#pass(passed)
    if (!stripUsage && this.progress.usage === undefined && wantsStreamUsage(request))
      this.#pass({ chunk: usageChunk(this.head, this.#usageSoFar()) })
    this.#close()
  }

  #close(error?: Error): void {
    const isBroken = this.#phase === 'flowing' && error !== undefined
    if (isBroken)
      for (const passed of this.progress.ended(this.head, this.#options.expected)) this.#pass(passed)
    this.#phase = 'ended'
    const end = { usage: this.#usageSoFar(), finish: this.progress.finish }
    this.usage = end.usage
    if (isBroken && this.#recover(error, end.usage)) return
    this.#resolveDone(error ? { ...end, error } : end)
    this.#queue.end(error)
  }

  /** Begins to recover a stream that broke; false if it has to end with its error. */
  #recover(failure: Error, usage: Usage): boolean {
    const ended = { failure, head: this.head, usage, onEnd: this.#resolveDone }
    this.#succession = successionOf(ended, this.#options, this.#queue)
    return this.#succession !== undefined
  }

  #usageSoFar(): Usage {
    return this.progress.usage ?? estimateUsage(this.#options.request, this.progress.characters)
  }

  // How it is read.

  begin(): void {
    this.take()
  }

  protected async *chunks(): AsyncGenerator<Chunk> {
    try {
      while (await this.#queue.ready()) {
        const events = this.#queue.takeAll()
        // A reader of chunks leaves the native events behind; drop them here.
        this.#options.native?.take()
        for (const { frames, chunk } of events) {
          if (chunk) yield chunk
          else yield* this.#parseText(frames)
        }
      }
    } finally {
      this.cancel()
    }
  }

  /** The provider fails for an event that is not a chunk, as it would have failed at once had the event been parsed. */
  #parseText(frames: string): Chunk[] {
    try {
      return this.#scanner.chunksIn(frames)
    } catch (error) {
      this.#source.broke(error)
      throw error
    }
  }

  protected async whole(): Promise<Completion> {
    const completion = await collect(this.chunks())
    return completion.usage ? completion : { ...completion, usage: this.#usageSoFar() }
  }
}
