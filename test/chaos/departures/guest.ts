import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { paths } from '../../fuzz/client/ask.ts'
import type { Request } from '../request.ts'

/** The ways to leave: with a RST, with a FIN for both directions, or with one for its own alone. */
export const departures = ['reset', 'close', 'half-close'] as const

/** A client on a bare socket, which leaves when it is told to. */
export class Guest {
  readonly #socket: Socket
  readonly #heard = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  /** Whether the server has closed the connection. */
  hasEnded = false

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    this.#socket.on('data', (bytes: Buffer) => {
      // The rest of a head, or the beginning of a body.
      if (bytes.toString('latin1').split('\r\n\r\n').at(-1) !== '') this.#heard.resolve()
    })
    for (const event of ['end', 'error', 'close'] as const)
      this.#socket.on(event, () => {
        this.hasEnded = true
        this.#ended.resolve()
      })
  }

  /** Resolves when a part of the answer has arrived. */
  get heard(): Promise<void> {
    return this.#heard.promise
  }

  /** Resolves when the server closes the connection. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  /** Sends bytes of a request; resolves when the kernel has them. */
  send(bytes: Buffer): Promise<void> {
    return new Promise(resolve => this.#socket.write(bytes, () => resolve()))
  }

  leave(how: (typeof departures)[number]): void {
    if (how === 'reset') this.#socket.resetAndDestroy()
    else if (how === 'close') this.#socket.destroy()
    else this.#socket.end()
  }

  /** Gives the socket back, whoever has closed it. */
  destroy(): void {
    this.#socket.destroy()
  }
}

/** A request as bytes. `padding`: characters that the server has to read besides. */
export function bytesOf({ dialect, body, id }: Request, padding: number): Buffer {
  const content = Buffer.from(JSON.stringify({ ...body, user: 'x'.repeat(padding) }))
  const head = [
    `POST ${paths[dialect]} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: close',
    'content-type: application/json',
    'anthropic-version: 2023-06-01',
    `x-request-id: ${id}`,
    `content-length: ${content.length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), content])
}
