import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { nodeHttp } from '../http/node-http.ts'
import { onClientError } from './errors/client-error.ts'
import { httpOptions } from './http-options.ts'

/** A server at a further address of an app. As at the first, what a client may send or keep open is limited. */
export class FurtherListener {
  readonly server: Server

  constructor(app: FastifyInstance, onRequest: RequestListener) {
    const { requestTimeout, keepAliveTimeout } = app.server
    this.server = nodeHttp().createServer({ ...httpOptions, requestTimeout, keepAliveTimeout }, onRequest)
    this.server.maxHeadersCount = 0
    this.server.on('clientError', onClientError)
    this.server.on('checkExpectation', onRequest)
  }

  /** Begins to accept requests; returns the port. Rejects if the system refuses the address. */
  async listen(host: string, port: number): Promise<number> {
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

  async close(): Promise<void> {
    // After a drain, it does not listen any more.
    const closed = this.server.listening && once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    await closed
  }
}
