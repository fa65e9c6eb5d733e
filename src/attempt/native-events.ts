import type { Translation } from '../providers/translation.ts'
import type { AttemptOptions } from './options.ts'
import type { ReadCompletion } from './whole/json-body.ts'

/** Events that are left out: the stream fails with them, and the client gets an event written from that failure. */
const failures: ReadonlySet<string> = new Set(['error', 'response.failed'])

/** Events that are only signs of life. */
const signsOfLife: ReadonlySet<string> = new Set(['ping', 'keepalive'])

/** A service's own events, for a client that speaks its API. */
export class NativeEvents {
  readonly dialect: string
  readonly #change: ((events: string) => string) | undefined
  #ready = ''
  #hasNews = false

  /** `change` rewrites the events of the stream from its beginning. */
  constructor(dialect: string, change?: (events: string) => string) {
    this.dialect = dialect
    this.#change = change
  }

  /** Adds an event by its type and its JSON. */
  readonly add = (type: string, json: string): void => {
    if (failures.has(type)) return
    this.#hasNews ||= !signsOfLife.has(type)
    this.#ready += `event: ${type}\ndata: ${json}\n\n`
  }

  /** Whether an event that is more than a sign of life has arrived since the last call. */
  takeNews(): boolean {
    const hadNews = this.#hasNews
    this.#hasNews = false
    return hadNews
  }

  /** Removes and returns all events. */
  take(): string {
    const events = this.#ready
    this.#ready = ''
    return events === '' ? '' : (this.#change?.(events) ?? events)
  }
}

/** Collects a stream's own events if the client speaks the service's API, else undefined. */
export function nativeEventsFor(options: AttemptOptions): NativeEvents | undefined {
  const translation = nativeTranslation(options)
  if (!translation) return undefined
  const { dialect, relayed } = translation
  return new NativeEvents(dialect, relayed?.(options.provider.name))
}

/**
 * The bytes of a whole answer and their dialect if the client speaks the service's API, else undefined. `sent` is its
 * JSON, and `completion` its translation. Throws `UnreadableAnswer`.
 */
export function nativeBytesFor(
  options: AttemptOptions,
  bytes: Buffer,
  { sent, completion }: Pick<ReadCompletion, 'sent' | 'completion'>,
): { readonly dialect: string; readonly bytes: Uint8Array } | undefined {
  const translation = nativeTranslation(options)
  if (!translation) return undefined
  const { dialect, relayed, relayedAnswer } = translation
  const text = bytes.toString('utf8')
  const read = relayedAnswer ? relayedAnswer(sent, completion) : sent
  const told = read === sent ? text : JSON.stringify(read)
  const rewritten = relayed?.(options.provider.name)(told) ?? told
  return { dialect, bytes: rewritten === text ? bytes : Buffer.from(rewritten) }
}

function nativeTranslation({ provider, request, call }: AttemptOptions): Translation | undefined {
  return provider.relays(request, call.request.source) ? provider.translation : undefined
}
