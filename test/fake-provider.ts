import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { answer, models } from './fake-provider/answers.ts'
import { breakOff } from './fake-provider/exchange.ts'
import { Connection } from './fake-provider/connection.ts'
import type { Action } from './fake-provider/exchange.ts'
import { Counter } from './fake-provider/gate.ts'
import { holdPort } from './fake-provider/ports.ts'
import type { Owner } from './fake-provider/ports.ts'
import type { ReceivedRequest } from './fake-provider/received.ts'

export * from './fake-provider/actions.ts'
export * from './fake-provider/answers.ts'
export { delta } from './fake-provider/content.ts'
export * from './fake-provider/exchange.ts'
export { faults } from './fake-provider/faults.ts'
export { gate } from './fake-provider/gate.ts'
export type { Gate } from './fake-provider/gate.ts'
export { blackHole, closedPort } from './fake-provider/ports.ts'
export type { ReceivedRequest } from './fake-provider/received.ts'
export { stream } from './fake-provider/stream.ts'

/** The action for every request, or a list with one for each in turn; after its end, `answer()`. */
export type Script = Action | readonly Action[]

/** Starts a scripted provider on a real port. It closes with the test. */
export async function fakeProvider(t: Owner, script: Script = answer()): Promise<FakeProvider> {
  const provider = new FakeProvider(script)
  await provider.start()
  t.teardown(() => provider.close())
  return provider
}

export class FakeProvider {
  /** Requests received, in order of arrival, without `GET /models`. */
  readonly requests: ReceivedRequest[] = []
  /** Health checks: requests to `GET /models`. */
  readonly checks: ReceivedRequest[] = []
  readonly #received = new Counter()
  readonly #checked = new Counter()
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer({ noDelay: true }, socket => this.#accept(socket))
  #accepted = 0
  #port = 0
  #next: Action[] = []
  #always: Action = answer()
  #models: Action = models('fake-model')
  #failure: unknown
  /** Gives the port back that is kept while nothing listens there. */
  #giveBack: (() => void) | undefined

  constructor(script: Script) {
    this.script(script)
  }

  get port(): number {
    return this.#port
  }

  /** The `base_url` for a configuration. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1`
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#sockets.size
  }

  /** The number of connections accepted so far. */
  get accepted(): number {
    return this.#accepted
  }

  /** Forgets the requests received so far, of which a long run has no use. Nothing can wait for a number afterwards. */
  forget(): void {
    this.requests.length = 0
  }

  script(script: Script): void {
    this.#next = typeof script === 'function' ? [] : [...script]
    this.#always = typeof script === 'function' ? script : answer()
  }

  /** Sets the action for `GET /models`. */
  scriptModels(action: Action): void {
    this.#models = action
  }

  /** Resolves with the n-th request, from 1, when it has been received. */
  async waitFor(n: number): Promise<ReceivedRequest> {
    await this.#received.reaches(n)
    return this.requests[n - 1]!
  }

  /** Resolves with the n-th health check, from 1, when it has been received. */
  async waitForCheck(n: number): Promise<ReceivedRequest> {
    await this.#checked.reaches(n)
    return this.checks[n - 1]!
  }

  /** Resolves when no connection is open. */
  async disconnected(): Promise<void> {
    while (this.#sockets.size > 0) await Promise.all([...this.#sockets].map(socket => once(socket, 'close')))
  }

  /** Listens; after a `stop`, on the same port as before. */
  async start(): Promise<void> {
    for (;;) {
      this.#server.listen(this.#port, '127.0.0.1')
      try {
        await once(this.#server, 'listening')
        break
      } catch (error) {
        // In the moment of its stop, a connection to somewhere else may have got the port, and gives it back.
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
        await nextTurn()
      }
    }
    this.#port = (this.#server.address() as AddressInfo).port
    this.#releasePort()
  }

  /** Stops listening and breaks off all connections. Its port refuses until it starts again or is closed. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return
    await this.#end()
    this.#giveBack = await holdPort(this.#port)
  }

  /** Stops for good. Rethrows the error of a script. */
  async close(): Promise<void> {
    this.#releasePort()
    await this.#end()
    if (this.#failure) throw this.#failure
  }

  #releasePort(): void {
    this.#giveBack?.()
    this.#giveBack = undefined
  }

  async #end(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) breakOff(socket)
    await closed
  }

  #accept(socket: Socket): void {
    this.#accepted += 1
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    void new Connection(socket, this.#accepted, {
      choose: request => this.#choose(request),
      failed: error => (this.#failure ??= error),
    })
  }

  #choose(request: ReceivedRequest): Action {
    if (request.method === 'GET' && request.path.endsWith('/models')) {
      this.checks.push(request)
      this.#checked.increment()
      return this.#models
    }
    this.requests.push(request)
    this.#received.increment()
    return this.#next.shift() ?? this.#always
  }
}
