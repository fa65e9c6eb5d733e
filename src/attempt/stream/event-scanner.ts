import { ChunkReader, hasContent } from '../../chat/read/chunk.ts'
import type { Expected } from '../../chat/read/head.ts'
import type { Meter } from '../../chat/provider-call.ts'
import { HulumanageError } from '../../contract/index.ts'
import type { Call, Chunk } from '../../contract/index.ts'
import { createEventParser } from '../../http/event-parser.ts'
import type { EventParser } from '../../http/event-parser.ts'
import { Utf8Pieces } from '../../http/pieces/utf8.ts'
import type { StreamTranslator } from '../../providers/translation.ts'
import { innerData, isDone } from '../../text/sse.ts'
import type { NativeEvents } from '../native-events.ts'
import { badResponse } from '../failure.ts'
import { readEvent } from './chunk.ts'
import type { ReadEvent } from './chunk.ts'
import { dataOfFrames, firstEvent } from './frames.ts'
import { Stencil } from './stencil.ts'
import type { Frames } from './frames.ts'

/** Words in the events of tool calls, whatever API they are of. */
const ofCall = /tool|function|arguments|_json/

/** Stencils to cut from one stream in vain, before all of its events are parsed: no two of them are alike. */
const maxVainStencils = 8

/** Receives the events of a stream, in order. */
export interface EventSink {
  readonly progress: { readonly hasCalls: boolean }
  /** An event that was parsed. */
  onChunk: (event: ReadEvent) => void
  /** Events of plain text that were not parsed, in their frames. */
  onText: (frames: Frames) => void
  /** Events of the service's own API, of so many characters, which may have no counterpart in chat, or be signs of life alone. */
  onNative: (characters: number, saysMore: boolean) => void
  /** `[DONE]`: no event follows. */
  onDone: () => void
}

export interface ScannerOptions {
  readonly provider: string
  /** The request that the stream answers. */
  readonly expected: Expected
  /** Whether a lost piece can change what the answer means without being noticed, as in JSON. */
  readonly isExact: boolean
  readonly log: Call['request']['log']
  /** Counts a malformed event that is skipped. */
  readonly meter: Pick<Meter, 'skipEvent'>
  /** Maximum length of the text of a stream, in characters, of one event, and of what is sent between two chunks with content. */
  readonly maxLength: number
  /** Texts that were sent to the provider and that its errors must not repeat to the client. */
  readonly secrets: readonly string[]
  /** Translates the stream of a service with another API into chat events. */
  readonly translate?: StreamTranslator | undefined
  /** Collects the service's own events for a client that reads them. */
  readonly native?: NativeEvents | undefined
}

/** `between`: the next byte begins an event; `within`: the parser holds part of one; `done`: the rest is ignored. */
type State = 'between' | 'within' | 'done'

/**
 * Reads a provider's stream, cut anywhere into packets, and passes its events to a sink. Everything a provider streams
 * becomes a chunk here and nowhere else. Throws an `AttemptFailure` or another coded error for anything that is not part of
 * an answer, and what the sink throws.
 *
 * Events in the usual frames are found without the parser; once `passText` was called, those that differ from a valid one in
 * their text alone are not parsed at all, see decision 28. Other framings go through the parser until a packet ends with an
 * event.
 */
export class EventScanner {
  readonly #options: ScannerOptions
  readonly #sink: EventSink
  readonly #decoder = new Utf8Pieces()
  readonly #reader: ChunkReader
  #parser: EventParser | undefined
  #state: State = 'between'
  #passesText = false
  /** The form of the last event of text. */
  #stencil: Stencil | undefined
  /** Number of stencils cut since one fitted. */
  #vainStencils = 0
  #hasPassedOver = false
  #hasMalformed = false
  /** Bytes of the packets since the last content, be it text or not: a translator may keep what they say. */
  #silent = 0

  constructor(options: ScannerOptions, sink: EventSink) {
    this.#options = options
    this.#sink = sink
    this.#reader = new ChunkReader(options.expected)
  }

  /** Whether `[DONE]` has come. */
  get done(): boolean {
    return this.#state === 'done'
  }

  /** Passes events of plain text unparsed from now on. Only for a stream in which no other choice can begin unseen. */
  passText(): void {
    this.#passesText = true
  }

  /** Reads the next bytes. */
  scan(bytes: Buffer): void {
    this.#silent += bytes.length
    this.#translate(this.#decoder.decode(bytes))
    const { maxLength } = this.#options
    if (this.#silent > maxLength)
      throw new HulumanageError('upstream_too_large', `sent more than ${maxLength} bytes without any content`)
  }

  /** Reads what is left when no byte will follow: a last event may lack the empty line after it. */
  end(): void {
    this.#translate(`${this.#decoder.end()}\n\n`)
  }

  /** Adds the end of a translated stream that is complete but for it; false if it has ended, or is not translated. */
  addEnd(): boolean {
    const { native, translate } = this.#options
    if (this.#state === 'done' || !translate?.end) return false
    if (native) this.#relay('', native, translate.end)
    else this.#read(translate.end())
    return this.done
  }

  /** The chunks in frames that were passed unparsed. */
  chunksIn(frames: string): Chunk[] {
    return dataOfFrames(frames).flatMap(data => this.#readData(data)?.chunk ?? [])
  }

  #readData(data: string): ReadEvent | undefined {
    const { provider, secrets } = this.#options
    const event = readEvent(provider, data, this.#reader, secrets)
    if (event === 'malformed') return this.#skipMalformed(data)
    if (!event) this.#passOver(data)
    return event
  }

  /**
   * Skips one malformed event in a text: proxies on the way inject such events, and the others are an answer as a rule.
   * More of them are a broken stream. So is one where the rest may look complete and mean something else: in arguments of a
   * call or in JSON. Its data is not logged, for it may be a part of the answer.
   */
  #skipMalformed(data: string): undefined {
    const { log, meter, provider, isExact } = this.#options
    if (this.#hasMalformed) throw badResponse(provider, 'sent several events that are not JSON')
    if (isExact || this.#sink.progress.hasCalls || ofCall.test(data))
      throw badResponse(provider, 'sent an event that is not JSON, in an answer that needs each of its parts')
    this.#hasMalformed = true
    meter.skipEvent(provider)
    const { length } = data
    log.warn({ provider, length }, 'skipped an event that is not JSON; a part of the answer may be missing')
  }

  /** Tells the log, once for the stream, of an event that is neither a part of the answer nor a sign of life. */
  #passOver(data: string): void {
    if (this.#hasPassedOver || isSignOfLife(data)) return
    this.#hasPassedOver = true
    const { log, provider } = this.#options
    log.warn({ provider, length: data.length }, 'skipped an event that is not part of an answer')
  }

  #translate(text: string): void {
    if (this.#state === 'done') return
    const { native, translate } = this.#options
    if (native && translate) for (const part of singleEvents(text)) this.#relay(part, native, translate)
    else this.#read(translate ? translate(text) : text)
  }

  /** Reads one event at most, so that its reader gets no event that is not read, should the stream break at it. */
  #relay(text: string, native: NativeEvents, translate: (text: string) => string): void {
    const { mark } = native
    try {
      const events = translate(text)
      const { characters, saysMore } = native.takeNews()
      if (characters > 0) this.#sink.onNative(characters, saysMore)
      this.#read(events)
    } catch (error) {
      native.forgetFrom(mark)
      throw error
    }
  }

  #read(text: string): void {
    let at = 0
    while (at < text.length && this.#state === 'between') {
      const plain = this.#stencil?.framesIn(text, at)
      if (plain && plain.count > 0) {
        this.#vainStencils = 0
        this.#silent = 0
        this.#sink.onText(plain)
        at += plain.text.length
        continue
      }
      const event = firstEvent(text, at)
      if (!event) break
      const read = this.#onEvent(event.data)
      // After the end, empty chunks must be parsed to be dropped.
      if (read && hasFinished(read.chunk)) this.#stencil = undefined
      else if (read?.json === event.data) this.#cutStencil(text.slice(at, event.end), read.chunk)
      at = event.end
    }
    if (at < text.length && this.#state !== 'done') this.#parse(text.slice(at))
  }

  /** Cuts a stencil from the frame of a chunk that needed no correction. */
  #cutStencil(frame: string, chunk: Chunk): void {
    if (!this.#passesText || this.#vainStencils >= maxVainStencils) return
    const stencil = Stencil.cut(frame, chunk)
    if (!stencil) return
    this.#stencil = stencil
    this.#vainStencils++
  }

  #parse(text: string): void {
    this.#parser ??= createEventParser(data => this.#onEvent(data), this.#options.maxLength)
    this.#state = text.endsWith('\n\n') ? 'between' : 'within'
    this.#parser.feed(text)
  }

  #onEvent(sent: string): ReadEvent | undefined {
    const data = innerData(sent)
    if (this.#state === 'done' || data === '') return undefined
    if (isDone(data)) {
      this.#state = 'done'
      this.#sink.onDone()
      return undefined
    }
    const event = this.#readData(data)
    if (!event) return undefined
    if (hasContent(event.chunk)) this.#silent = 0
    this.#sink.onChunk(event)
    return event
  }
}

function hasFinished({ choices }: Chunk): boolean {
  return choices.some(({ finish_reason: reason }) => reason != null)
}

/** Cuts a text so that at most one event ends in each part. */
function singleEvents(text: string): readonly string[] {
  return text.split(text.includes('\r') ? /(?<=[\r\n])/ : /(?<=\n\n)/)
}

/** Whether data only keeps a connection open: `ping` in some form, or an object without fields. */
function isSignOfLife(data: string): boolean {
  return data.length < 256 && /^\s*(?:\{\s*\}\s*$|.*ping)/i.test(data)
}
