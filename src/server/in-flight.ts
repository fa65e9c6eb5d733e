import type { Server } from 'node:http'
import { HulumanageError } from '../contract/index.ts'
import { Crowd } from './unordered-set.ts'
import type { Exchange } from './exchange.ts'

/** Milliseconds between looks for connections that have become idle while the server drains. */
const sweepMs = 100
/** Milliseconds that answers cut short at the end of a drain have to reach their clients. */
const farewellMs = 1_000

/** The requests being answered, and the way to let them finish. */
export class InFlight {
  readonly #exchanges = new Crowd<Exchange>()
  #emptied: (() => void) | undefined
  #draining = false

  get size(): number {
    return this.#exchanges.size
  }

  /** Set once the server is to end: new requests are refused. */
  get draining(): boolean {
    return this.#draining
  }

  add(exchange: Exchange): void {
    this.#exchanges.add(exchange)
  }

  delete(exchange: Exchange): void {
    this.#exchanges.delete(exchange)
    if (this.#exchanges.size === 0) this.#emptied?.()
  }

  /**
   * Waits until all running requests are answered, closing idle connections meanwhile. After `timeoutMs` those left
   * are aborted, and told so.
   */
  async drain(server: Server, timeoutMs: number): Promise<void> {
    this.#draining = true
    server.closeIdleConnections()
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs)
    try {
      if (await this.#emptyWithin(timeoutMs)) return
      const reason = new HulumanageError('draining', 'The server shut down before the answer was complete')
      for (const exchange of this.#exchanges) exchange.controller.abort(reason)
      await this.#emptyWithin(farewellMs)
    } finally {
      clearInterval(sweep)
    }
  }

  #emptyWithin(milliseconds: number): Promise<boolean> {
    if (this.#exchanges.size === 0) return Promise.resolve(true)
    return new Promise(resolve => {
      const timer = setTimeout(() => resolve(false), milliseconds)
      this.#emptied = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }
}
