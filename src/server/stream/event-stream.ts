import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { HulumanageError } from '../../contract/index.ts'
import { comment } from '../../text/sse.ts'
import { Heartbeat } from './heartbeat.ts'
import type { HeartbeatListener } from './heartbeat.ts'

/** Milliseconds a client may leave data unread before it is disconnected: a stalled reader keeps a provider busy. */
export const stallMs = 60_000

/**
 * A stream of server-sent events to one client, written as fast as the client reads, with comments while there are no
 * events. Every write consists of whole frames, so that a comment may be inserted between any two.
 */
export class EventStream implements HeartbeatListener {
  readonly #raw: ServerResponse
  readonly #heartbeatMs: number
  setIndex = -1
  #opened = false
  #heartbeat: Heartbeat | undefined
  #drained: Promise<void> | undefined
  #ended = false
  #quiet = false

  constructor(raw: ServerResponse, heartbeatSeconds: number) {
    this.#raw = raw
    this.#heartbeatMs = heartbeatSeconds * 1000
  }

  /** Whether the head was sent. */
  get opened(): boolean {
    return this.#opened
  }

  /** Sends the head; it goes out together with the first frames. */
  open(headers: OutgoingHttpHeaders): void {
    this.#raw.writeHead(200, headers)
    this.#opened = true
    // Twice as often as comments are due, so that writing data costs no timer.
    this.#heartbeat = Heartbeat.every(this.#heartbeatMs / 2)
    this.#heartbeat.add(this)
    this.#raw.once('close', this.#stopHeartbeat)
  }

  /**
   * Writes frames, unless the stream has ended. Returns a promise to wait for if the client reads too slowly; it
   * rejects if the client disconnects.
   */
  write(frames: string): Promise<void> | undefined {
    if (this.#ended) return undefined
    if (this.#raw.destroyed) return Promise.reject(gone())
    this.#quiet = false
    return this.#raw.write(frames) ? undefined : (this.#drained ??= this.#drain())
  }

  /** Writes frames that may be lost: they are dropped if the client does not keep up. */
  writeLightly(frames: string): void {
    if (!this.#drained) void this.write(frames)?.catch(() => {})
  }

  /** Writes a comment, in which line breaks become spaces. */
  comment(text: string): void {
    this.writeLightly(comment(text))
  }

  /** Writes the last frames and ends the response. */
  end(frames: string): void {
    this.#ended = true
    this.#stopHeartbeat()
    this.#raw.end(frames)
    if (this.#raw.writableLength > 0) this.#watchStall()
  }

  /**
   * Writes the last frames and closes the connection without the end of the body, so that no client takes the answer
   * for a complete one.
   */
  break(frames: string): void {
    this.#ended = true
    this.#stopHeartbeat()
    // Node holds written chunks back until the next tick: what is closed before that has sent nothing.
    this.#raw.write(frames, () => this.#raw.socket?.destroySoon())
    if (this.#raw.writableLength > 0) this.#watchStall()
  }

  readonly #stopHeartbeat = (): void => {
    this.#heartbeat?.delete(this)
    this.#heartbeat = undefined
  }

  /** For the heartbeat: writes a comment if nothing was written since the last one. */
  onHeartbeat(): void {
    const wasQuiet = this.#quiet
    this.#quiet = true
    if (wasQuiet) this.comment('keepalive')
  }

  #drain(): Promise<void> {
    const raw = this.#raw
    const unwatch = this.#watchStall()
    return new Promise((resolve, reject) => {
      const finish = () => {
        raw.off('drain', finish)
        raw.off('close', finish)
        unwatch()
        this.#drained = undefined
        if (raw.destroyed) reject(gone())
        else resolve()
      }
      raw.on('drain', finish)
      raw.on('close', finish)
    })
  }

  /** Closes the connection unless it makes progress in time; returns a function that stops watching. */
  #watchStall(): () => void {
    const raw = this.#raw
    // The close of a connection that is gone has been: nothing would stop the timer.
    if (raw.destroyed) return () => {}
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
  return new HulumanageError('client_closed', 'The client has disconnected')
}
