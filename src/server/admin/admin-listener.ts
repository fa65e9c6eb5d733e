import type { IncomingMessage, Server } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../../config/schema.ts'
import { FurtherListener } from '../further-listener.ts'

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
  readonly #listener: FurtherListener
  /** Requests that arrived here. */
  readonly #requests = new WeakSet<IncomingMessage>()

  constructor(app: FastifyInstance, address: Address) {
    this.address = address
    this.#listener = new FurtherListener(app, (request, response) => {
      this.#requests.add(request)
      app.routing(request, response)
    })
    app.addHook('onClose', () => this.#listener.close())
  }

  get server(): Server {
    return this.#listener.server
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
    return await this.#listener.listen(this.address.host, this.address.port)
  }
}
