import { subscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'

/**
 * Finds calls that the server begins for a client that has left. Its connection tells so, whatever the server makes of it, and
 * both are seen in the server's own process: no clock has a part in the verdict.
 */
export class LateCalls {
  readonly #gone = new Set<string>()
  readonly #found: string[] = []

  constructor(server: Server) {
    // Before the server itself, which may begin something as soon as it notices.
    server.prependListener('request', (request, response) => {
      const id = request.headers['x-request-id']
      if (typeof id !== 'string') return
      response.once('close', () => {
        if (!response.writableFinished) this.#gone.add(id)
      })
    })
    subscribe('undici:client:sendHeaders', message => {
      const { headers } = message as { readonly headers: string }
      const [, id = ''] = /^x-request-id: (.*?)\r?$/m.exec(headers) ?? []
      if (this.#gone.has(id)) this.#found.push(id)
    })
  }

  /** The ids of the requests, once for each call. */
  get found(): readonly string[] {
    return this.#found
  }
}
