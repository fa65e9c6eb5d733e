import type { Socket } from 'node:net'
import { Exchange } from './exchange.ts'
import type { Action } from './exchange.ts'
import { takeRequest } from './received.ts'
import type { ReceivedRequest } from './received.ts'

/** The callbacks of a connection into its provider. */
export interface Host {
  choose: (request: ReceivedRequest) => Action
  failed: (error: unknown) => void
}

/** Serves the requests of one socket, one after the other, for as long as the scripts leave it open. */
export class Connection {
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #number: number
  readonly #host: Host
  #bytes: Buffer = Buffer.alloc(0)
  #exchange: Exchange | undefined

  constructor(socket: Socket, number: number, host: Host) {
    this.#socket = socket
    this.#number = number
    this.#host = host
    this.closed = new Promise(resolve => socket.once('close', () => resolve()))
    socket.on('data', (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes])
      this.#serve()
    })
    socket.on('error', () => this.#exchange?.left())
    socket.on('end', () => this.#exchange?.left())
    socket.on('close', () => this.#exchange?.left())
  }

  #serve(): void {
    if (this.#exchange) return
    const taken = takeRequest(this.#bytes)
    if (!taken) return
    this.#bytes = taken.rest
    this.#exchange = new Exchange(taken.request, this.#socket, this.#number, this.closed)
    this.#answer(this.#exchange).catch(this.#host.failed)
  }

  async #answer(exchange: Exchange): Promise<void> {
    try {
      const reusable = await exchange.play(this.#host.choose(exchange.request))
      if (!reusable) return
      this.#exchange = undefined
      this.#serve()
    } catch (error) {
      this.#socket.destroy()
      throw error
    }
  }
}
