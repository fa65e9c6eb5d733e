import { HulumanageError } from '../contract/index.ts'
import { maxEventLength } from '../http/event-parser.ts'
import type { Translation } from '../providers/translation.ts'
import type { AttemptOptions } from './options.ts'

/** An error event. It is left out: the stream fails with it, and the client gets an event written from that failure. */
const errorEvent = /^(?:event: ?|data: ?\{\s*"type"\s*:\s*")(?:error|response\.failed)\b/m

/** The name of an event that is more than a sign of life. */
const progressEvent = /^event: ?(?!ping\b|keepalive\b)\S/m

/** A service's own events as they came, for a client that speaks its API. Only whole events are passed on. */
export class NativeEvents {
  readonly dialect: string
  readonly #change: ((events: string) => string) | undefined
  readonly #maxLength: number
  /** The beginning of an event. Kept in pieces, so that a long one is not copied with every packet. */
  #begun: string[] = []
  #begunLength = 0
  /** The last two characters of it, which the end of the event may begin with. */
  #tail = ''
  #ready = ''

  constructor(dialect: string, change?: (events: string) => string, maxLength: number = maxEventLength) {
    this.dialect = dialect
    this.#maxLength = maxLength
    this.#change = change
  }

  /**
   * Adds text, cut anywhere. Returns whether it completes an event that is progress, which a ping is not. Throws
   * `upstream_too_large` for an event of more than the maximum length.
   */
  add(text: string): boolean {
    const seam = this.#tail + text
    const end = Math.max(seam.lastIndexOf('\n\n') + 2, seam.lastIndexOf('\n\r\n') + 3)
    // Neither was found.
    if (end < 3) {
      this.#hold(text)
      this.#tail = seam.slice(-2)
      return false
    }
    const cut = end - this.#tail.length
    const whole = this.#begun.join('') + text.slice(0, cut)
    const rest = text.slice(cut)
    this.#ready += whole
    this.#begun = [rest]
    this.#begunLength = rest.length
    this.#tail = rest.slice(-2)
    return progressEvent.test(whole)
  }

  #hold(text: string): void {
    this.#begun.push(text)
    this.#begunLength += text.length
    if (this.#begunLength > this.#maxLength)
      throw new HulumanageError(
        'upstream_too_large',
        `sent an event of more than ${this.#maxLength} characters`,
      )
  }

  /** Removes and returns all whole events. */
  take(): string {
    const events = errorEvent.test(this.#ready) ? withoutErrors(this.#ready) : this.#ready
    this.#ready = ''
    return events === '' ? '' : (this.#change?.(events) ?? events)
  }
}

function withoutErrors(events: string): string {
  return events
    .split(/(?<=\n\r?\n)/)
    .filter(event => !errorEvent.test(event))
    .join('')
}

/** Collects a stream's own events if the client speaks the service's API, else undefined. */
export function nativeEventsFor(options: AttemptOptions): NativeEvents | undefined {
  const translation = nativeTranslation(options)
  if (!translation) return undefined
  const { dialect, relayed } = translation
  return new NativeEvents(dialect, relayed?.(options.provider.name), options.maxResponseBytes)
}

/** The bytes of a whole answer and their dialect if the client speaks the service's API, else undefined. */
export function nativeBytesFor(
  options: AttemptOptions,
  bytes: Buffer,
): { readonly dialect: string; readonly bytes: Uint8Array } | undefined {
  const translation = nativeTranslation(options)
  if (!translation) return undefined
  const { dialect, relayed } = translation
  if (!relayed) return { dialect, bytes }
  return { dialect, bytes: Buffer.from(relayed(options.provider.name)(bytes.toString('utf8'))) }
}

function nativeTranslation({ provider, request, call }: AttemptOptions): Translation | undefined {
  return provider.relays(request, call.request.source) ? provider.translation : undefined
}
