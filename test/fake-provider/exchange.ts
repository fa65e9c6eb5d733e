import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import { jsonObject } from './received.ts'
import type { ParsedRequest, ReceivedRequest } from './received.ts'

/**
 * One step of a script. The action that it returns is performed next, so that a function can choose one by the request.
 */
export type Action = (exchange: Exchange) => Action | Promise<Action | void> | void

/** How the end of a body is marked: by its length, by chunks, or by closing the connection. */
export type Framing = 'length' | 'chunked' | 'close'

let received = 0

/** A request and the bare socket to answer it on. Writing after the end is harmless, so that scripts need no checks. */
export class Exchange {
  readonly request: ReceivedRequest
  readonly #socket: Socket
  readonly #answered = Promise.withResolvers<void>()
  readonly #aborted = Promise.withResolvers<void>()
  #framing: Framing | undefined
  #over = false
  /** Bytes handed to the kernel so far. */
  sent = 0

  constructor(parsed: ParsedRequest, socket: Socket, connection: number, closed: Promise<void>) {
    received += 1
    this.#socket = socket
    this.request = {
      ...parsed,
      body: jsonObject(parsed.text),
      order: received,
      connection,
      answered: this.#answered.promise,
      aborted: this.#aborted.promise,
      closed,
    }
  }

  /** Whether nothing more can be written. */
  get over(): boolean {
    return this.#over || this.#socket.destroyed
  }

  /**
   * Performs an action and those that follow from it, then ends the body as its framing requires. True if the
   * connection can be reused.
   */
  async play(action: Action): Promise<boolean> {
    await perform(action, this)
    if (this.#framing === 'chunked') await this.raw('0\r\n\r\n')
    if (this.#framing === 'close') this.close()
    const reusable = !this.over
    this.#over = true
    this.#answered.resolve()
    return reusable
  }

  /**
   * Writes a status line and headers, which determine the framing of the body; without any, closing the connection ends
   * it.
   */
  async head(status: number, headers: Readonly<Record<string, string | number>> = {}): Promise<void> {
    const framing = framingOf(status, headers)
    const all = framing === 'close' ? { connection: 'close', ...headers } : headers
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    await this.raw(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines.join('')}\r\n`)
    this.#framing = framing
  }

  /** Writes a part of the body, as a chunk if the head announced chunks. Resolves when the kernel has taken it. */
  async write(bytes: string | Uint8Array): Promise<void> {
    const part = Buffer.from(bytes)
    if (part.length === 0) return
    if (this.#framing !== 'chunked') return await this.raw(part)
    await this.raw(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]))
  }

  /** Writes bytes verbatim. */
  async raw(bytes: string | Uint8Array): Promise<void> {
    if (this.over) return
    await new Promise<void>(resolve => this.#socket.write(bytes, () => resolve()))
    this.sent += Buffer.byteLength(bytes)
  }

  /** Closes the connection cleanly, with a FIN. */
  close(): void {
    if (this.over) return
    this.#over = true
    this.#socket.end()
  }

  /** Breaks off the connection, with a RST. */
  reset(): void {
    this.#over = true
    breakOff(this.#socket)
  }

  /** Called when the caller has closed its side. */
  left(): void {
    if (this.#over) return
    this.#over = true
    this.#aborted.resolve()
  }
}

/** Performs an action and those that follow from it, until the exchange is over. */
export async function perform(action: Action, exchange: Exchange): Promise<void> {
  let next: Action | void = action
  while (next && !exchange.over) next = await next(exchange)
}

function framingOf(status: number, headers: Readonly<Record<string, string | number>>): Framing {
  const names = new Set(Object.keys(headers).map(name => name.toLowerCase()))
  if (names.has('transfer-encoding')) return 'chunked'
  return names.has('content-length') || status === 204 || status === 304 ? 'length' : 'close'
}

/**
 * Breaks off a connection with a RST, unless its end is being sent: Node emits no 'close' for a socket that is reset then.
 */
export function breakOff(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
