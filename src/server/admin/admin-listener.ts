import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../config/schema.ts'
import { nodeHttp } from '../../http/node-http.ts'
import { onClientError } from '../errors/client-error.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Part of the page for operators, which needs no key: only the address for operators has it, if there is one. */
    isPage?: boolean
  }
}

type Address = NonNullable<Config['admin']>

/**
 * A second address of the server, which has every endpoint. If there is one, the first address has none of those for
 * operators. Workers share it as they share the first.
 */
export class AdminListener {
  readonly address: Address
  readonly server: Server
  /** Requests that arrived here. */
  readonly #requests = new WeakSet<IncomingMessage>()

  constructor(app: FastifyInstance, address: Address) {
    this.address = address
    // As the first address: its limits on what a client may send or keep open are set on the server.
    const { requestTimeout, keepAliveTimeout, headersTimeout } = app.server
    const options = { requestTimeout, keepAliveTimeout, headersTimeout, requireHostHeader: false }
    const limits = { maxHeaderSize: 16 * 1024, connectionsCheckingInterval: 2_000 }
    this.server = nodeHttp().createServer({ ...options, ...limits }, (request, response) => {
      this.#requests.add(request)
      app.routing(request, response)
    })
    this.server.maxHeadersCount = 0
    this.server.on('clientError', onClientError)
    this.server.on('checkExpectation', (request, response) => this.server.emit('request', request, response))
    app.addHook('onClose', () => this.#close())
  }

  /** Whether the address at which a request arrived does not serve its path. */
  hides({ raw, exchange: { routeConfig } }: FastifyRequest): boolean {
    return (routeConfig.audience === 'operator' || routeConfig.isPage === true) && !this.#requests.has(raw)
  }

  /** Whether a request arrived at this address. */
  has({ raw }: Pick<FastifyRequest, 'raw'>): boolean {
    return this.#requests.has(raw)
  }

  /** Begins to accept requests; returns the port. Rejects if the system refuses the address. */
  async listen(): Promise<number> {
    const { host, port } = this.address
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ host, port }, () => {
        this.server.off('error', reject)
        resolve()
      })
    })
    // The address of a listening TCP server has this shape.
    return (this.server.address() as AddressInfo).port
  }

  async #close(): Promise<void> {
    // After a drain, it does not listen any more.
    const closed = this.server.listening && once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    await closed
  }
}
