import { textOf } from '../../chat/read/fields.ts'
import type { OutgoingHttpHeaders } from 'node:http'
import type { Outcome } from '../../chain/request.ts'
import type { Config } from '../../config/schema.ts'
import type { Chunk, HulumanageError } from '../../contract/index.ts'
import type { ChunkHead, Incoming, StreamEvent } from '../../dialects/dialect.ts'
import { newCompletionId } from '../../chat/completion.ts'
import { addsToRelayed, costModeFor, withCost } from '../../chat/cost.ts'
import type { CostMode } from '../../chat/cost.ts'
import type { HeldFrames } from '../cost/held-frames.ts'
import { answerComment, headerSafe, setAnswerHeaders } from '../answer-headers.ts'
import { logError } from '../errors/error-handlers.ts'
import { codedError, publicError } from '../errors/errors.ts'
import { EventStream } from './event-stream.ts'
import type { Exchange } from '../exchange.ts'
import { comment } from '../../text/sse.ts'
import { loadedOnce } from '../../time/loaded-once.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

const loadCosts = loadedOnce(() => import('../cost/held-frames.ts'))

/** Maximum lines of progress that are held until the stream starts. */
const maxHeldNotes = 100

/**
 * Sends an answer as server-sent events. The status and headers wait for the first content, so that a failure before it
 * is an error response. After `stream_commit` seconds they are sent anyway, and a failure becomes an event in the
 * stream, which then lacks the end of a complete one.
 */
export async function sendStream(
  exchange: Exchange,
  incoming: Incoming,
  run: () => Promise<Outcome>,
  { config, approach }: { readonly config: Config; readonly approach: string },
): Promise<void> {
  const sender = new StreamSender(exchange, incoming, config, approach)
  const commit = setTimeout(() => sender.commit(), config.stream_commit * 1000)
  try {
    const outcome = await run()
    exchange.answer(outcome)
    clearTimeout(commit)
    await sender.send(outcome)
  } catch (error) {
    if (!sender.opened) throw error
    const { signal } = exchange.controller
    sender.fail(codedError(signal.aborted ? signal.reason : error))
  } finally {
    clearTimeout(commit)
  }
}

class StreamSender {
  readonly #exchange: Exchange
  readonly #incoming: Incoming
  readonly #events: EventStream
  readonly #progress: boolean
  readonly #breaks: boolean
  readonly #approach: string
  readonly #costs: CostMode
  /** The head of a stream that began with progress, before the answer had a head. */
  #ownHead: ChunkHead | undefined
  #notes: string[] = []

  constructor(exchange: Exchange, incoming: Incoming, config: Config, approach: string) {
    this.#exchange = exchange
    this.#incoming = incoming
    this.#events = new EventStream(exchange.reply.raw, config.heartbeat)
    this.#approach = approach
    const [{ own }] = incoming.requests
    this.#costs = costModeFor(config.costs.in_answers, own.usage)
    this.#breaks = config.stream_failure === 'break'
    this.#progress = own.progress === true
    exchange.onNote = this.#note
  }

  get opened(): boolean {
    return this.#events.opened
  }

  /** Starts the stream before there is any content. */
  commit(): void {
    this.#openEarly()
    this.#events.comment('keepalive')
  }

  #openEarly(): void {
    if (this.opened) return
    this.#exchange.reply.header('x-hulumanage-approach', headerSafe(this.#approach))
    this.#open()
  }

  #open(): void {
    const { reply } = this.#exchange
    if (reply.raw.destroyed || this.opened) return
    reply.header('content-type', 'text/event-stream; charset=utf-8')
    reply.header('cache-control', 'no-cache')
    reply.header('x-accel-buffering', 'no')
    reply.hijack()
    this.#events.open(reply.getHeaders() as OutgoingHttpHeaders)
    for (const text of this.#notes) this.#note(text)
    this.#notes = []
  }

  async send(outcome: Outcome): Promise<void> {
    const { signal } = this.#exchange.controller
    const cancel = () => outcome.reply.cancel(signal.reason)
    if (signal.aborted) cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      await this.#sendBody(outcome)
      this.#events.end(answerComment(outcome) + (this.#incoming.encoder.terminator ?? ''))
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  /** Ends the stream with an error, and without the end of a complete one. */
  fail(error: HulumanageError): void {
    const { outcome, id, request } = this.#exchange
    this.#exchange.failure ??= error.code
    logError(error, request)
    const facts = outcome ? answerComment(outcome) : ''
    const shown = publicError(error, id)
    // In HTTP/1.0 a body ends only with its connection, so a break would look complete.
    if (this.#breaks && shown.mayPass && request.raw.httpVersion !== '1.0')
      this.#events.break(facts + comment(`${error.code}: ${shown.error.message}`))
    else this.#events.end(facts + this.#frames(this.#withTrace(this.#incoming.encoder.fail(shown))))
  }

  /** The events that tell of a failure: the last one with the calls behind it, if they are asked for. */
  #withTrace(events: readonly StreamEvent[]): readonly StreamEvent[] {
    const { traceField } = this.#exchange
    if (!traceField) return events
    return events.map((event, index) => (index === events.length - 1 ? { ...event, ...traceField } : event))
  }

  async #sendBody(outcome: Outcome): Promise<void> {
    const { encoder } = this.#incoming
    const { wire } = outcome.reply
    const unchanged = !this.#ownHead && !outcome.trace
    const relayed = wire?.dialect === encoder.dialect && unchanged ? wire : undefined
    if (!this.opened) {
      setAnswerHeaders(this.#exchange.reply, outcome, relayed)
      this.#open()
    }
    if (relayed && !(relayed.body instanceof Uint8Array)) await this.#relay(relayed.body, outcome)
    else await this.#encode(outcome)
  }

  async #relay(frames: AsyncIterable<string>, { meter }: Outcome): Promise<void> {
    const { encoder, onRelayed, beforeEnd } = this.#incoming
    const held = addsToRelayed(this.#costs) ? await this.#heldFrames() : undefined
    for await (const text of frames) {
      // We write the end ourselves, after a comment with the facts about the answer.
      if (text === encoder.terminator || text === '') continue
      onRelayed?.(text)
      const drained = this.#writeRelayed(held ? held.pass(text) : text)
      if (drained) await drained
    }
    if (held) await this.#writeRelayed(held.end(meter))
    if (beforeEnd) await beforeEnd()
  }

  #writeRelayed(frames: string): Promise<void> | undefined {
    if (frames === '') return undefined
    this.#incoming.encoder.follow?.(frames)
    return this.#events.write(frames)
  }

  async #heldFrames(): Promise<HeldFrames> {
    const { HeldFrames } = await loadCosts()
    return new HeldFrames(this.#incoming.requests[0].request.n ?? 1, this.#costs)
  }

  async #encode({ reply, meter, trace }: Outcome): Promise<void> {
    const { encoder, includeUsage } = this.#incoming
    let head: ChunkHead | undefined
    let usage: Chunk['usage']
    for await (const part of reply) {
      const chunk = this.#withOwnHead(part)
      head ??= headOf(chunk)
      usage = chunk.usage ?? usage
      const prepared = withoutUsage(chunk, includeUsage)
      const drained = prepared && this.#write(encoder.chunk(prepared))
      if (drained) await drained
    }
    const reported = includeUsage ? (usage ?? undefined) : undefined
    if (trace) await reply.done
    const more = trace && { hulumanage_trace: trace.records() }
    const events = encoder.end(head ?? this.#ownHead ?? headOf(reply.head), reported, more)
    if (this.#incoming.beforeEnd) await this.#incoming.beforeEnd()
    await this.#write(events.map(event => withCost(event, meter, this.#costs)))
  }

  #write(events: readonly StreamEvent[]): Promise<void> | undefined {
    return events.length === 0 ? undefined : this.#events.write(this.#frames(events))
  }

  #frames(events: readonly StreamEvent[]): string {
    const { named = false } = this.#incoming.encoder
    return events.map(event => frame(event, named)).join('')
  }

  /** A chunk under the id that the stream began with, if that was its own. */
  #withOwnHead(chunk: Chunk): Chunk {
    if (!this.#ownHead) return chunk
    const { id, created } = this.#ownHead
    return { ...chunk, id, created }
  }

  readonly #note = (text: string): void => {
    const { encoder } = this.#incoming
    if (this.#progress && encoder.progress) {
      this.#ownHead ??= newHead(this.#incoming.requests[0].request.model)
      this.#openEarly()
      this.#events.writeLightly(this.#frames(encoder.progress(this.#ownHead, text)))
    } else if (this.opened) this.#events.comment(text)
    else if (this.#notes.length < maxHeldNotes) this.#notes.push(text)
  }
}

/** Usage is sent once, in a chunk of its own at the end. Until then it is null, or absent if the client does not want it. */
function withoutUsage(chunk: Chunk, includeUsage: boolean): Chunk | undefined {
  if (chunk.usage && chunk.choices.length === 0) return undefined
  if (includeUsage) return { ...chunk, usage: null }
  if (chunk.usage === undefined) return chunk
  const { usage: _usage, ...rest } = chunk
  return rest
}

function newHead(model: string): ChunkHead {
  return { id: newCompletionId(), created: unixSeconds(), model }
}

function headOf({ id, created, model }: ChunkHead): ChunkHead {
  return { id, created, model }
}

function frame(event: StreamEvent, named: boolean): string {
  const data = `data: ${JSON.stringify(event)}\n\n`
  return named ? `event: ${textOf(event['type'])}\n${data}` : data
}
