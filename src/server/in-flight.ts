import type { Server } from 'node:http'
import { Server as Listener } from 'node:net'
import { HulumanageError } from '../contract/index.ts'
import { lingeringOver } from './errors/lingering-close.ts'
import { UnorderedSet } from './unordered-set.ts'
import type { Exchange } from './exchange.ts'

/** Milliseconds between checks for connections that have become idle while the server drains. */
const sweepMs = 100
/** Milliseconds that the errors of requests aborted at the end of a drain have to reach their clients. */
const abortedMs = 1_000

/** The requests being answered; waits for them when the server drains. */
export class InFlight implements Iterable<Exchange> {
  readonly #exchanges = new UnorderedSet<Exchange>()
  #emptied: (() => void) | undefined
  #draining = false

  /** The number of requests being answered. */
  get size(): number {
    return this.#exchanges.size
  }

  /** Iterates over the requests being answered. */
  [Symbol.iterator](): Iterator<Exchange> {
    return this.#exchanges[Symbol.iterator]()
  }

  /** Whether the server is about to end, so that new requests are refused. */
  get draining(): boolean {
    return this.#draining
  }

  /** Adds a request that has begun. */
  add(exchange: Exchange): void {
    this.#exchanges.add(exchange)
  }

  /** Removes a request that has ended. */
  delete(exchange: Exchange): void {
    this.#exchanges.delete(exchange)
    if (this.#exchanges.size === 0) this.#emptied?.()
  }

  /**
   * Waits until all running requests are answered, and closes idle connections meanwhile, except while a client still takes
   * its answer. After `timeoutMs`, the remaining requests are aborted with an error that says so. Then the servers stop
   * listening. A request that has been sent by then is refused with an answer instead of a reset, except one that arrives in the
   * very moment of closing.
   */
  async drain(servers: readonly Server[], timeoutMs: number): Promise<void> {
    this.#draining = true
    for (const { reply } of this.#exchanges) if (!reply.raw.headersSent) reply.header('connection', 'close')
    const closeIdle = (): void => {
      if (this.#isSending) return
      for (const server of servers) server.closeIdleConnections()
    }
    afterReading(closeIdle)
    const sweep = setInterval(() => afterReading(closeIdle), sweepMs)
    try {
      await arrivals()
      if (!(await this.#emptyWithin(timeoutMs))) {
        const reason = new HulumanageError('draining', 'The server shut down before the answer was complete')
        for (const exchange of this.#exchanges) exchange.controller.abort(reason)
      }
      // The last answer may have ended in the middle of a turn, with others yet to be read.
      await arrivals()
      // Not the method of an HTTP server, which also closes connections that wait to be read.
      for (const server of servers) Listener.prototype.close.call(server)
      await arrivals()
      await this.#emptyWithin(abortedMs)
      await lingeringOver(abortedMs)
    } finally {
      clearInterval(sweep)
    }
  }

  /** Whether a client has not taken all of its answer yet: Node takes its connection for idle, and would cut the answer. */
  get #isSending(): boolean {
    for (const { reply } of this.#exchanges)
      if (reply.raw.writableEnded && !reply.raw.writableFinished) return true
    return false
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

/** Resolves once everything that clients had sent before is read. */
function arrivals(): Promise<void> {
  return new Promise(afterReading)
}

/**
 * Calls back once everything that clients had sent before is read. The rest of this turn of the event loop may read nothing,
 * the next one accepts new connections, and the one after it reads from them.
 */
function afterReading(callback: () => void): void {
  setImmediate(() => setImmediate(() => setImmediate(callback)))
}
