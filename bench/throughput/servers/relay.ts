import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import fastify from 'fastify'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'

// The leanest relay that Fastify and undici allow: bytes go through in both directions, unread, with back-pressure, and
// a client that leaves cancels its call. It is the limit of any server made of these two.

const [port, upstreamPort] = process.argv.slice(2)
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { allowH2: false })
const passedHeaders = ['content-type', 'content-length']
const requestHeaders = { 'content-type': 'application/json' }

/** One call, which is the handler of its own answer. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse
  #controller: Dispatcher.DispatchController | undefined

  constructor(response: ServerResponse) {
    this.#response = response
    response.on('close', () => {
      if (!response.writableFinished) this.#controller?.abort(new Error('the client has left'))
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    const passed: OutgoingHttpHeaders = {}
    for (const name of passedHeaders) if (headers[name] !== undefined) passed[name] = headers[name]
    this.#response.writeHead(status, passed)
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#response.write(bytes)) return
    controller.pause()
    this.#response.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    this.#response.end()
  }

  onResponseError(): void {
    if (this.#response.headersSent) this.#response.destroy()
    else this.#response.writeHead(502).end()
  }
}

const app = fastify()
app.removeAllContentTypeParsers()
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
app.post<{ Body: Buffer }>('/v1/chat/completions', (request, reply) => {
  reply.hijack()
  pool.dispatch(
    { path: '/v1/chat/completions', method: 'POST', headers: requestHeaders, body: request.body },
    new Exchange(reply.raw),
  )
})
await app.listen({ port: Number(port), host: '127.0.0.1' })
