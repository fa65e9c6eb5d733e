import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { HulumanageError } from '../../contract/index.ts'
import { Pulse } from './heartbeat.ts'
import type { Beating } from './heartbeat.ts'

/** Milliseconds a client may leave what was written unread before it is cut off: a stalled reader holds a provider. */
const stallMs = 60_000

/**
 * Server-sent events to one client: written at the speed the client reads, with comments while there is nothing to
 * say. Every write is of whole frames, so that a comment may stand between any two.
 */
export class EventStream implements Beating {
  readonly #raw: ServerResponse
  readonly #heartbeatMs: number
  place = -1
  #opened = false
  #pulse: Pulse | undefined
  #drained: Promise<void> | undefined
  #ended = false
  #quiet = false

  constructor(raw: ServerResponse, heartbeatSeconds: number) {
    this.#raw = raw
    this.#heartbeatMs = heartbeatSeconds * 1000
  }

  get opened(): boolean {
    return this.#opened
  }

  /** Sends the head; it goes out together with the first frames. */
  open(headers: OutgoingHttpHeaders): void {
    this.#raw.writeHead(200, headers)
    this.#opened = true
    // Twice as often as comments are due, so that writing data costs no timer.
    this.#pulse = Pulse.every(this.#heartbeatMs / 2)
    this.#pulse.join(this)
    this.#raw.once('close', this.#stopBeating)
  }

  /** Writes frames, unless the stream has ended. Where the client reads too slowly, or has gone, gives a promise to wait for; it rejects when the client goes. */
  write(frames: string): Promise<void> | undefined {
    if (this.#ended) return undefined
    if (this.#raw.destroyed) return Promise.reject(gone())
    this.#quiet = false
    return this.#raw.write(frames) ? undefined : (this.#drained ??= this.#drain())
  }

  /** Writes what may be lost; it is dropped where the client does not keep up. */
  writeLightly(frames: string): void {
    if (!this.#drained) void this.write(frames)?.catch(() => {})
  }

  /** Writes a comment, in which line breaks become spaces. */
  comment(text: string): void {
    this.writeLightly(`: ${text.replace(/[\r\n]+/g, ' ')}\n\n`)
  }

  /** Writes the last frames and ends the response. */
  end(frames: string): void {
    this.#ended = true
    this.#stopBeating()
    this.#raw.end(frames)
    if (this.#raw.writableLength > 0) this.#watchStall()
  }

  readonly #stopBeating = (): void => {
    this.#pulse?.leave(this)
    this.#pulse = undefined
  }

  /** For the pulse: says that the stream is alive where nothing was written since the last beat. */
  beat(): void {
    const wasQuiet = this.#quiet
    this.#quiet = true
    if (wasQuiet) this.comment('keepalive')
  }

  #drain(): Promise<void> {
    const raw = this.#raw
    const unwatch = this.#watchStall()
    return new Promise((resolve, reject) => {
      const settle = () => {
        raw.off('drain', settle)
        raw.off('close', settle)
        unwatch()
        this.#drained = undefined
        if (raw.destroyed) reject(gone())
        else resolve()
      }
      raw.on('drain', settle)
      raw.on('close', settle)
    })
  }

  /** Cuts the connection unless it makes progress in time; gives the way to stop watching. */
  #watchStall(): () => void {
    const raw = this.#raw
    const timer = setTimeout(() => raw.destroy(), stallMs)
    const unwatch = () => clearTimeout(timer)
    raw.once('close', unwatch)
    return () => {
      unwatch()
      raw.off('close', unwatch)
    }
  }
}

function gone(): HulumanageError {
  return new HulumanageError('client_closed', 'The client has gone')
}
