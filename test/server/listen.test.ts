import dns from 'node:dns/promises'
import { once } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import t from 'tap'
import type { Runner } from '../../src/chain/run/runner.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import { CurrentConfig } from '../../src/config/current.ts'
import type { Reply } from '../../src/contract/index.ts'
import { replyFrom } from '../../src/chat/reply.ts'
import { decorateHost } from '../../src/registry/decorate.ts'
import type { Exchange } from '../../src/server/exchange.ts'
import { startServer } from '../../src/server/listen.ts'
import type { Answer } from './serve.ts'
import { chunk, configOf, hello, outcomeOf, raw, streamOf } from './serve.ts'
import { freePort } from '../fake-provider/ports.ts'
import type { Owner } from '../fake-provider/ports.ts'
import { silentLog } from '../silent-log.ts'

async function start(t: Owner, config: ConfigInput, answer: Answer = () => streamOf([chunk('x', 'stop')])) {
  const currentConfig = new CurrentConfig(configOf({ port: 0, ...config }))
  const runner: Runner = {
    run: async (asked, client) => outcomeOf(await answer(asked, client)),
    plan: () => ({ text: 'none', root: { kind: 'model' }, steps: [] }),
  }
  const server = await startServer({
    currentConfig,
    log: silentLog,
    prepare: async app => {
      decorateHost(app, { currentConfig, defaultUpstream: () => Promise.reject(new Error('not here')) })
      return { runner }
    },
  })
  t.teardown(() => server.stop())
  return { ...server, currentConfig, port: Number(new URL(server.url).port) }
}

function post(url: string, body: object): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

function requestOf(fields: object): string {
  const body = JSON.stringify(fields)
  const head = ['host: localhost', 'content-type: application/json', `content-length: ${body.length}`]
  return ['POST /v1/chat/completions HTTP/1.1', ...head, '', body].join('\r\n')
}

async function connected(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect(port, host)
  await once(socket, 'connect')
  return socket
}

/** Sends a request on a connection; resolves with everything received until the server closes it. */
async function ask(socket: Socket, fields: object): Promise<string> {
  let text = ''
  socket.on('data', (part: Buffer) => (text += part.toString()))
  const closed = once(socket, 'close')
  socket.write(requestOf(fields))
  await closed
  return text
}

t.test('beyond this machine it listens only with keys, or if configured to', async t => {
  for (const host of ['0.0.0.0', '::', 'proxy.example']) {
    await t.rejects(start(t, { host }), { code: 'config_invalid', message: /api_keys/ }, host)
  }
  await start(t, { host: '0.0.0.0', api_keys: ['k'] })
  const open = await start(t, { host: '0.0.0.0', insecure: true })
  t.equal((await fetch(`http://127.0.0.1:${open.port}/v1/models`)).status, 200)
})

t.test('a reload that removes the keys does not open a server beyond this machine', async t => {
  const { currentConfig, port } = await start(t, { host: '0.0.0.0', api_keys: ['k'] })
  currentConfig.replace(configOf({ host: '0.0.0.0' }))
  t.equal((await fetch(`http://127.0.0.1:${port}/v1/models`)).status, 401)
})

t.test('a port in use is reported with its number', async t => {
  const { port } = await start(t, {})
  await t.rejects(start(t, { port }), { code: 'config_invalid', message: new RegExp(`${port}: .*--port`) })
})

t.test('a drain lets a running stream finish, refuses new requests, and closes idle connections', async t => {
  const finished = Promise.withResolvers<void>()
  const server = await start(t, { port: await freePort() }, () =>
    streamOf(
      (async function* () {
        yield chunk('first')
        await finished.promise
        yield chunk('last', 'stop')
      })(),
    ),
  )
  const idle = connect(server.port, '127.0.0.1')
  await once(idle, 'connect')
  const response = await post(server.url, { ...hello, stream: true })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader.read()).value ?? ''
  const stopped = server.stop()

  const ready = await raw(server.port, 'GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n')
  t.match(ready, /^HTTP\/1.1 503 /)
  t.match(ready, /"draining"/)
  const refused = await raw(server.port, 'GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n')
  t.match(refused, /^HTTP\/1.1 503 [^]*retry-after: 1[^]*"code":"draining"/)
  t.match(refused, /connection: close/)

  finished.resolve()
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
  t.match(text, /"last"[^]*\[DONE\]\n\n$/)
  await stopped
  await t.rejects(fetch(`${server.url}/ready`))
  if (!idle.closed) await once(idle, 'close')
})

t.test('a drain answers requests that clients have sent and the server has not read yet', async t => {
  const answering = Promise.withResolvers<Reply>()
  const server = await start(t, {}, () => answering.promise)
  const [busy, idle, fresh] = await Promise.all(Array.from({ length: 3 }, () => connected(server.port)))
  const whole = ask(busy!, hello)
  while (server.app.inFlight.size === 0) await new Promise(setImmediate)
  // The system takes both requests at once; the server reads them in a later turn of the event loop.
  const [kept, early] = [ask(idle!, hello), ask(fresh!, hello)]
  const stopped = server.stop()
  for (const refused of await Promise.all([kept, early])) {
    t.match(refused, /^HTTP\/1.1 503 [^]*retry-after: 1[^]*"code":"draining"/)
    t.match(refused, /connection: close/)
  }
  answering.resolve(replyFrom('served', 'm'))
  t.match(await whole, /^HTTP\/1.1 200 [^]*connection: close[^]*"served"/)
  await stopped
})

t.test('a drain without a running request answers those that arrive with its signal', async t => {
  const server = await start(t, {})
  const used = await connected(server.port)
  used.write('GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(used, 'data')
  const fresh = await connected(server.port)
  const asked = [ask(used, hello), ask(fresh, hello)]
  await server.stop()
  for (const refused of await Promise.all(asked)) t.match(refused, /^HTTP\/1.1 503 [^]*connection: close/)
})

t.test('localhost is each of its addresses, with the same limits and the same drain', async t => {
  const { lookup } = dns
  t.teardown(() => {
    dns.lookup = lookup
    syncBuiltinESMExports()
  })
  // Not every machine has IPv6.
  const second = process.platform === 'linux' ? '127.0.0.2' : '::1'
  const addresses = ['127.0.0.1', second, '127.0.0.1', '192.0.2.1'].map(address => ({ address, family: 4 }))
  dns.lookup = (() => Promise.resolve(addresses)) as unknown as typeof lookup
  syncBuiltinESMExports()
  const server = await start(t, { host: 'localhost' })
  const sockets = await Promise.all(['127.0.0.1', second].map(host => connected(server.port, host)))
  for (const socket of sockets) {
    socket.write('GET /ready HTTP/1.1\r\nhost: localhost\r\nexpect: more\r\n\r\n')
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    t.match(bytes.toString(), /^HTTP\/1.1 200 /)
  }
  const idle = await connected(server.port, second)
  const closed = once(idle, 'close')
  const asked = sockets.map(socket => ask(socket, hello))
  await server.stop()
  for (const refused of await Promise.all(asked)) t.match(refused, /^HTTP\/1.1 503 [^]*connection: close/)
  await closed
})

t.test('a drain answers a request that arrives with the end of the last answer', async t => {
  const server = await start(t, {})
  const last = { reply: { raw: { headersSent: true } } } as Exchange
  server.app.inFlight.add(last)
  const stopped = server.stop()
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  const refused = ask(connect(server.port, '127.0.0.1'), hello)
  // By then the system has the connection, and the server has yet to accept it.
  process.nextTick(() => server.app.inFlight.delete(last))
  t.match(await refused, /^HTTP\/1.1 503 [^]*"code":"draining"/)
  await stopped
})

t.test('a drain sends the whole of an answer to a client that reads it late', async t => {
  const length = 16 * 1024 * 1024
  const server = await start(t, {}, () => replyFrom('x'.repeat(length), 'm'))
  const late = connect(server.port, '127.0.0.1').pause()
  late.write(requestOf(hello))
  const isWritten = () => [...server.app.inFlight].some(({ reply }) => reply.raw.writableEnded)
  while (!isWritten()) await new Promise(setImmediate)
  const stopped = server.stop()
  let received = 0
  late.on('data', bytes => (received += bytes.length)).resume()
  await Promise.all([stopped, once(late, 'close')])
  t.ok(received > length, `${received} bytes`)
})

t.test('a request that does not finish in time is aborted with an error that says so', async t => {
  const server = await start(t, { drain_timeout: 0.01 }, ({ request }, { controller }) => {
    const aborted = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error))
    })
    if (!request.stream) return aborted
    return streamOf(
      (async function* () {
        yield chunk('first')
        await aborted
      })(),
    )
  })
  const streamed = await post(server.url, { ...hello, stream: true })
  const whole = post(server.url, hello)
  while (server.app.inFlight.size < 2) await new Promise(setImmediate)
  await server.stop()
  t.match(await streamed.text(), /"first"[^]*"code":"draining"[^]*\}\n\n$/)
  const response = await whole
  t.equal(response.status, 503)
  t.match(await response.json(), { error: { code: 'draining' } })
})

t.test('stopping twice is the same as stopping once', async t => {
  const server = await start(t, {})
  await Promise.all([server.stop(), server.stop()])
  t.pass()
})
