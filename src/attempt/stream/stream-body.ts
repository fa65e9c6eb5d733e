import type { EventSourceParser } from 'eventsource-parser'
import type { Chunk, Done, Reply, ReplyHead, Completion, Usage, Wire } from '../../contract/index.ts'
import { createEventParser } from '../../http/event-parser.ts'
import { Utf8Pieces } from '../../http/utf8.ts'
import { wantsStreamUsage } from '../../providers/stream-usage.ts'
import { hasContent, parseChunk, StreamProgress } from './chunk.ts'
import { collect } from '../../chat/collect.ts'
import { estimateUsage, soundUsage } from '../../chat/estimate.ts'
import { doneData, doneFrame, frame } from '../../text/sse.ts'
import { AttemptFailure } from '../failure.ts'
import { dataOfFrames, firstEvent, plainFrames, withoutEmptyUsage } from './passthrough.ts'
import type { Frames } from './passthrough.ts'
import type { RelayedEvents } from '../native-events.ts'
import { BaseReply } from '../../chat/reply.ts'
import { HeldEvents } from './event-buffer.ts'
import type { StreamOptions, StreamSource } from './stream-options.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

const settled = Promise.resolve()

/**
 * A provider's stream of server-sent events. Each event is parsed once, checked, and kept with its text, so that a
 * relay passes the provider's own JSON on. It is complete with `[DONE]` or a finish reason for every choice; anything
 * else is a failure, which its reader meets as a thrown error.
 */
export class StreamBody extends BaseReply implements Reply {
  readonly done: Promise<Done>
  readonly wire: Wire
  readonly progress = new StreamProgress()
  head: ReplyHead
  /** Known, or estimated, once the body has ended. */
  usage: Usage | undefined
  readonly #options: StreamOptions
  readonly #source: StreamSource
  readonly #decoder = new Utf8Pieces()
  #parser: EventSourceParser | undefined
  #pending: Buffer[] = []
  /** Only one choice is expected, so that no other can begin unseen. */
  readonly #single: boolean
  /** Whether the parser holds no part of an event. */
  #betweenEvents = true
  readonly #held: HeldEvents
  #started = false
  #doneMark = false
  #atEnd = false
  #ended = false
  #error: Error | undefined
  #wake: (() => void) | undefined
  #settle: (done: Done) => void = () => {}

  constructor(options: StreamOptions, source: StreamSource) {
    super()
    this.#options = options
    this.#source = source
    this.#held = new HeldEvents(source)
    this.#single = (options.request.n ?? 1) <= 1
    this.head = headOfChunk(undefined, options)
    this.done = new Promise(resolve => {
      this.#settle = resolve
    })
    const { relayed, headers } = options
    this.wire = {
      dialect: relayed?.dialect ?? 'chat',
      status: 200,
      headers,
      body: { [Symbol.asyncIterator]: () => (relayed ? this.#relayed(relayed) : this.#frames()) },
    }
  }

  /** Bytes from the provider. What comes in one packet is read together, once all of it is here. */
  feed(bytes: Buffer): void {
    // As queueMicrotask does it, less the bookkeeping for async hooks that it pays for each packet.
    if (this.#pending.push(bytes) === 1) void settled.then(this.#readPending)
  }

  readonly #readPending = (): void => {
    if (this.#pending.length === 0 || this.#doneMark || this.#ended) return
    const bytes = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending)
    this.#pending = []
    try {
      const text = this.#decoder.decode(bytes)
      const { relayed } = this.#options
      if (relayed?.add(text) === true) this.#pass()
      this.#read(this.#options.translate?.(text) ?? text)
    } catch (error) {
      this.#source.broke(error)
    }
    if (!this.#held.empty) this.#wake?.()
    this.#held.settle()
  }

  /** Events go on that may mean nothing to a chat, such as those of a search that the service makes. */
  #pass(): void {
    if (!this.#started) return
    this.#source.eventSeen()
    this.#held.add('', undefined)
  }

  /**
   * Events in the usual frames are looked at one by one up to the first content; then text alone is passed on as it came,
   * and what may mean more is parsed. Everything else goes through the parser.
   */
  #read(text: string): void {
    let rest = text
    while (rest !== '' && !this.#doneMark) {
      if (!this.#betweenEvents) return this.#parse(rest)
      const plain = this.#started && this.#single ? plainFrames(rest) : undefined
      if (plain && plain.count > 0) {
        this.#passOn(plain)
        rest = rest.slice(plain.text.length)
        continue
      }
      const event = firstEvent(rest)
      if (!event) return this.#parse(rest)
      this.#onEvent(event.data)
      rest = rest.slice(event.length)
    }
  }

  #parse(text: string): void {
    this.#parser ??= createEventParser(data => this.#onEvent(data))
    this.#parser.feed(text)
    this.#betweenEvents = text.endsWith('\n\n')
  }

  /** Holds events of text in their frames. */
  #passOn(frames: Frames): void {
    this.#source.eventSeen()
    this.progress.addPlain(frames.count)
    this.#held.add(this.#options.stripUsage ? withoutEmptyUsage(frames) : frames.text, undefined)
  }

  /** The provider's body has ended, cleanly as far as HTTP can tell. Throws where the stream was not complete. */
  end(): void {
    this.#atEnd = true
    this.#readPending()
    if (this.#ended) return
    const rest = `${this.#decoder.end()}\n\n`
    this.#options.relayed?.add(rest)
    this.#read(this.#options.translate?.(rest) ?? rest)
    if (!this.#doneMark && !this.progress.complete) {
      const seen = this.#started ? 'broke off its stream' : 'ended its stream before any content'
      throw new AttemptFailure('upstream_truncated', `${seen}: neither [DONE] nor a finish reason came`, {
        provider: this.#options.provider,
        blame: 'failing',
      })
    }
    this.#finish()
  }

  /** Ends the body with an error: its reader gets what came before, then the error. */
  fail(error: Error): void {
    this.#readPending()
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.usage = this.#usage()
    this.#settle({ usage: this.usage, finish: this.progress.finish, error })
    this.#wake?.()
  }

  cancel(reason?: unknown): void {
    if (!this.#ended) this.#source.cancel(reason)
  }

  #onEvent(data: string): void {
    if (this.#doneMark || this.#ended) return
    if (data === doneData) {
      this.#doneMark = true
      this.#source.eventSeen()
      this.#start()
      this.#finish()
      if (!this.#atEnd) this.#source.doneSeen()
      return
    }
    this.#source.eventSeen()
    const chunk = parseChunk(this.#options.provider, data, this.#options.secrets)
    const usage = soundUsage(chunk.usage)
    this.progress.add(usage ? { ...chunk, usage } : chunk)
    if (!this.#started) this.head = headOfChunk(chunk, this.#options)
    if (this.#options.stripUsage && chunk.usage !== undefined) this.#holdWithoutUsage(chunk)
    else this.#held.add(frame(data), chunk)
    if (!this.#started && hasContent(chunk)) this.#start()
  }

  /** For a reader of chunks: an event that turns out to be none is the provider's failure, as it would have been at once. */
  #parseHeld(frames: string): Chunk[] {
    try {
      return dataOfFrames(frames).map(data => parseChunk(this.#options.provider, data, this.#options.secrets))
    } catch (error) {
      this.#source.broke(error)
      throw error
    }
  }

  #holdWithoutUsage(chunk: Chunk): void {
    if (chunk.choices.length === 0 && chunk.usage !== null) return
    const { usage: _usage, ...rest } = chunk
    this.#held.add(frame(JSON.stringify(rest)), rest)
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    this.#source.contentSeen()
  }

  #finish(): void {
    if (this.#ended) return
    this.#start()
    const usage = this.#usage()
    const { stripUsage, request } = this.#options
    if (!stripUsage && this.progress.usage === undefined && wantsStreamUsage(request)) {
      const chunk: Chunk = { ...this.head, object: 'chat.completion.chunk', choices: [], usage }
      this.#held.add(frame(JSON.stringify(chunk)), chunk)
    }
    this.#ended = true
    this.usage = usage
    this.#settle({ usage, finish: this.progress.finish })
    this.#wake?.()
  }

  #usage(): Usage {
    return this.progress.usage ?? estimateUsage(this.#options.request, this.progress.characters)
  }

  /** Waits until there is something to read or nothing will come; throws the error of a broken body. */
  async #ready(): Promise<boolean> {
    while (this.#held.empty && !this.#ended) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    this.#wake = undefined
    if (!this.#held.empty) return true
    if (this.#error) throw this.#error
    return false
  }

  protected async *chunks(): AsyncGenerator<Chunk> {
    try {
      while (await this.#ready()) {
        for (const { frames, chunk } of this.#held.takeAll()) {
          if (chunk) yield chunk
          else yield* this.#parseHeld(frames)
        }
      }
    } finally {
      this.cancel()
    }
  }

  protected async whole(): Promise<Completion> {
    const completion = await collect(this.chunks())
    return completion.usage ? completion : { ...completion, usage: this.#usage() }
  }

  async *#frames(): AsyncGenerator<string> {
    this.take()
    try {
      while (await this.#ready()) {
        let text = ''
        for (const { frames } of this.#held.takeAll()) text += frames
        yield text
      }
      yield doneFrame
    } finally {
      this.cancel()
    }
  }

  /** The service's own events, at the pace of those that are made of them. */
  async *#relayed(events: RelayedEvents): AsyncGenerator<string> {
    this.take()
    try {
      while (await this.#ready()) {
        this.#held.takeAll()
        yield events.take()
      }
      // What came after the last event that means something to a chat.
      yield events.take()
    } finally {
      this.cancel()
    }
  }
}

function headOfChunk(chunk: Chunk | undefined, { provider, request }: StreamOptions): ReplyHead {
  return {
    id: typeof chunk?.id === 'string' ? chunk.id : '',
    model: typeof chunk?.model === 'string' && chunk.model !== '' ? chunk.model : request.model,
    created: typeof chunk?.created === 'number' ? chunk.created : unixSeconds(),
    provider,
  }
}
