import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { constants, createSecureServer, createServer } from 'node:http2'
import type { Http2Server, Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { canaries } from '../matrix/canaries.ts'
import { textOf } from '../matrix/client.ts'
import { serve, until } from '../matrix/serve.ts'

const certificate = join(import.meta.dirname, '../matrix/certificates/good.pem')

/** The HTTP version of each request that a provider received, and its sessions. */
interface Heard {
  readonly url: string
  readonly versions: string[]
  readonly sessions: Set<ServerHttp2Session>
}

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void

async function provider(t: Test, handler: Handler, secure = true): Promise<Heard> {
  const versions: string[] = []
  const sessions = new Set<ServerHttp2Session>()
  const heard: Handler = (request, response) => {
    versions.push(request.httpVersion)
    handler(request, response)
  }
  const pem = readFileSync(certificate)
  const server: Http2Server = secure
    ? createSecureServer({ key: pem, cert: pem, allowHTTP1: true }, heard)
    : createServer(heard)
  server.on('session', session => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http${secure ? 's' : ''}://127.0.0.1:${port}/v1`, versions, sessions }
}

const entryOf = (url: string, more: object = {}) => ({
  name: 'two',
  base_url: url,
  ca_file: certificate,
  http2: true,
  ...more,
})

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

const answering: Handler = (request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text: string) => (body += text))
  request.on('end', () => {
    const { stream } = JSON.parse(body || '{}') as { stream?: boolean }
    if (stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`${chunk({ content: 'over ' })}${chunk({ content: 'two' }, 'stop')}data: [DONE]\n\n`)
      return
    }
    const message = { role: 'assistant', content: 'over two' }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] }))
  })
}

for (const secure of [true, false]) {
  t.test(`answers come over HTTP/2, ${secure ? 'with' : 'without'} TLS, over one connection`, async t => {
    const { url, versions, sessions } = await provider(t, answering, secure)
    const server = await serve(t, [], { more: [entryOf(url)] })
    t.equal(textOf(await server.client.ask()), 'over two')
    const asked = [{ stream: true }, {}, { stream: true }, {}].map(fields => server.client.ask(fields))
    for (const heard of await Promise.all(asked)) t.equal(textOf(heard), 'over two')
    t.ok(versions.every(version => version === '2.0'))
    t.equal(sessions.size, 1)
  })
}

t.test('without it the same provider is called over HTTP/1.1', async t => {
  const { url, versions } = await provider(t, answering)
  const server = await serve(t, [], { more: [entryOf(url, { http2: false })] })
  t.equal(textOf(await server.client.ask()), 'over two')
  t.strictSame(new Set(versions), new Set(['1.1']))
})

t.test('a stream that is reset before its content is a failure of this provider', async t => {
  const { url } = await provider(t, (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ role: 'assistant' }))
    response.stream.close(2)
  })
  const server = await serve(t, [undefined], { more: [entryOf(url, { priority: -1 })] })
  t.equal(textOf(await server.client.ask({ stream: true })), 'ok')
})

t.test('a client that disconnects ends the stream of its call, and the connection stays open', async t => {
  const closed = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  let count = 0
  const { url, sessions } = await provider(t, (request, response) => {
    if (request.method === 'GET' || count++ > 0) return answering(request, response)
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ content: 'one' }))
    begun.resolve()
    response.stream.once('close', () => closed.resolve())
  })
  const server = await serve(t, [], { more: [entryOf(url)] })
  const leaving = new AbortController()
  const response = await fetch(`${server.running.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${canaries.client}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true }),
    signal: leaving.signal,
  })
  t.equal(response.status, 200)
  await begun.promise
  leaving.abort()
  await closed.promise
  t.equal(textOf(await server.client.ask()), 'over two')
  t.equal(sessions.size, 1)
})

// https://www.rfc-editor.org/rfc/rfc9113#section-6.8
t.test('a connection that its service ends after each answer fails no call', async t => {
  const { url, sessions, versions } = await provider(t, (request, response) => {
    const { session } = request.stream
    response.once('finish', () => session?.close())
    answering(request, response)
  })
  const server = await serve(t, [], { more: [entryOf(url)] })
  for (const stream of [false, true, false, true, false]) {
    t.equal(textOf(await server.client.ask({ stream })), 'over two')
    await until(() => sessions.size === 0)
  }
  t.equal(versions.length, 5)
})

// https://www.rfc-editor.org/rfc/rfc9113#section-8.7
t.test('a stream that its service refuses before it reads it is asked for once more', async t => {
  let count = 0
  const { url, versions } = await provider(t, (request, response) => {
    count += 1
    if (count === 2) return response.stream.close(constants.NGHTTP2_REFUSED_STREAM)
    answering(request, response)
  })
  const server = await serve(t, [], { more: [entryOf(url)] })
  for (let call = 0; call < 4; call++) t.equal(textOf(await server.client.ask()), 'over two')
  t.equal(versions.length, 5)
})
