import type { RestWriter, Source } from '../chat/provider-call.ts'
import { HulumanageError } from '../contract/index.ts'
import type { Chunk, Usage } from '../contract/index.ts'
import type { Way } from '../providers/relayed-source.ts'
import type { Translation } from '../providers/translation.ts'
import type { AttemptOptions } from './options.ts'
import type { ReadCompletion } from './whole/json-body.ts'

/** Events that are left out: the stream fails with them, and the client gets an event written from that failure. */
const failures: ReadonlySet<string> = new Set(['error', 'response.failed'])

/** Events that are only signs of life. */
const signsOfLife: ReadonlySet<string> = new Set(['ping', 'keepalive'])

/** Characters of events that are kept as they are before they are read for what they have begun. */
const maxKept = 64 * 1024

/** How the events of one stream are relayed. */
interface Relaying {
  readonly dialect: string
  /** Maximum characters of events that have not been taken. */
  readonly maxLength: number
  /** Rewrites the events of the stream from its beginning. */
  readonly change?: ((events: string) => string) | undefined
  /** Creates a writer for the rest, if the stream is to be recovered when it breaks. */
  readonly rest?: (() => RestWriter) | undefined
}

/** Events that have arrived. */
interface News {
  readonly characters: number
  /** Whether one of them is more than a sign of life. */
  readonly saysMore: boolean
}

/** A service's own events, for a client that speaks its API. */
export class NativeEvents {
  readonly dialect: string
  readonly #relaying: Relaying
  #ready = ''
  #hasNews = false
  /** Whether the last event that was not taken was only a sign of life. */
  #isIdle = false
  /** Characters of `#ready` that `takeNews` has told of. */
  #told = 0
  /** Events that were taken and not read by the writer; undefined if nothing will follow from another service. */
  #taken: string[] | undefined
  #length = 0
  #writer: RestWriter | undefined
  /** Events that were taken back, or written for another service. */
  #written = ''

  constructor(relaying: Relaying) {
    this.dialect = relaying.dialect
    this.#relaying = relaying
    this.#taken = relaying.rest && []
  }

  /**
   * Adds an event by its type and its JSON. One ping is enough until it is taken, or another event comes; each `keepalive` has
   * a number of its own, without which those of the others would have a gap.
   */
  readonly add = (type: string, json: string): void => {
    if (failures.has(type)) return
    const isIdle = signsOfLife.has(type)
    if (type === 'ping' && this.#isIdle) return
    this.#isIdle = isIdle
    this.#hasNews ||= !isIdle
    this.#ready += `event: ${type}\ndata: ${json}\n\n`
    const { maxLength } = this.#relaying
    if (this.#ready.length > maxLength)
      throw new HulumanageError('upstream_too_large', `sent events of more than ${maxLength} characters`)
  }

  /** The characters of events since the last call, and whether they say more than that the service is alive. */
  takeNews(): News {
    const characters = this.#ready.length - this.#told
    const saysMore = this.#hasNews
    this.#hasNews = false
    this.#told = this.#ready.length
    return { characters, saysMore }
  }

  /** The place behind the last event, for `forgetFrom`. */
  get mark(): number {
    return this.#ready.length
  }

  /** Drops the events behind a place: they could not be read. Nothing may have been taken since. */
  forgetFrom(mark: number): void {
    this.#ready = this.#ready.slice(0, mark)
    this.#told = Math.min(this.#told, mark)
  }

  /** Removes and returns all events. */
  take(): string {
    const written = this.#written
    this.#written = ''
    this.#isIdle = false
    if (this.#ready === '') return written
    const events = this.#relaying.change?.(this.#ready) ?? this.#ready
    this.#ready = ''
    this.#told = 0
    if (this.#taken) this.#keep(this.#taken, events)
    return written + events
  }

  #keep(taken: string[], events: string): void {
    taken.push(events)
    this.#length += events.length
    if (this.#length > maxKept) this.#read(taken)
  }

  #read(taken: string[]): void {
    this.#writer ??= this.#relaying.rest?.()
    this.#writer?.read(taken.join(''))
    this.#taken = []
    this.#length = 0
  }

  /** Ends the service's own events; another service can write the rest to `write`. Returns false if none can. */
  handOver(): boolean {
    if (!this.#taken) return false
    this.#written = this.take()
    this.#read(this.#taken)
    return this.#writer?.isResumable === true
  }

  /** Adds a chunk of the rest. Throws a coded error if it does not fit. */
  write(chunk: Chunk): void {
    this.#written += this.#writer?.chunk(chunk) ?? ''
  }

  /** Ends the rest. */
  end(usage: Usage): void {
    this.#written += this.#writer?.end(usage) ?? ''
  }
}

/** Collects a stream's own events if the client speaks the service's API, else undefined. */
export function nativeEventsFor(options: AttemptOptions, way: Way): NativeEvents | undefined {
  const translation = nativeTranslation(options, way)
  if (!translation) return undefined
  const { dialect, relayed } = translation
  return new NativeEvents({
    dialect,
    maxLength: options.maxResponseBytes,
    change: relayed?.(options.provider.config, options.call.request),
    rest: restFor(options),
  })
}

/** Creates writers for the rest; undefined if no other service can answer, or none should. */
function restFor({ recover, call }: AttemptOptions): Source['rest'] {
  const { source } = call.request
  return recover && source?.only === undefined && source?.provider === undefined ? source?.rest : undefined
}

/**
 * The bytes of a whole answer and their dialect if the client speaks the service's API, else undefined. `sent` is its
 * JSON, and `completion` its translation. Throws `UnreadableAnswer`.
 */
export function nativeBytesFor(
  options: AttemptOptions,
  way: Way,
  bytes: Buffer,
  { sent, completion }: Pick<ReadCompletion, 'sent' | 'completion'>,
): { readonly dialect: string; readonly bytes: Uint8Array } | undefined {
  const translation = nativeTranslation(options, way)
  if (!translation) return undefined
  const { dialect, relayed, relayedAnswer } = translation
  const text = bytes.toString('utf8')
  const read = relayedAnswer ? relayedAnswer(sent, completion, way.relayed?.body) : sent
  const told = read === sent ? text : JSON.stringify(read)
  const rewritten = relayed?.(options.provider.config, options.call.request)(told) ?? told
  return { dialect, bytes: rewritten === text ? bytes : Buffer.from(rewritten) }
}

function nativeTranslation({ provider }: AttemptOptions, { relayed }: Way): Translation | undefined {
  return relayed && provider.translation
}
