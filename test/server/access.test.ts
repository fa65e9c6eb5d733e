import { connect } from 'node:net'
import t from 'tap'
import { checkLocalCaller } from '../../src/server/access/origin.ts'
import { isLoopback } from '../../src/text/loopback.ts'
import { replyFrom } from '../../src/chat/reply.ts'
import { configOf, hello, raw, serve } from './serve.ts'

const keys = { api_keys: ['first-key', 'second'] }

async function codeOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error?: { code: string } }
  return body.error?.code ?? 'ok'
}

t.test('without a valid key only health answers', async t => {
  const server = await serve(t, { config: keys })
  for (const path of ['/v1/models', '/metrics', '/stats', '/', '/nothing']) {
    const response = await fetch(server.url + path)
    t.equal(response.status, 401, path)
    t.equal(await codeOf(response), 'invalid_api_key')
  }
  for (const authorization of [
    'Bearer wrong',
    'Bearer ',
    'Basic Zmlyc3Qta2V5',
    'first-key',
    `Bearer ${'a'.repeat(9_000)}`,
  ]) {
    const response = await server.post('/v1/chat/completions', hello, { authorization })
    t.equal(response.status, 401, authorization)
    t.equal(response.headers.get('x-should-retry'), 'false')
  }
  t.equal((await fetch(`${server.url}/ready`)).status, 200)
  t.equal(server.requests.length, 0)
})

t.test('each key is accepted, as bearer token, x-api-key or api-key', async t => {
  const server = await serve(t, { config: keys })
  for (const headers of [
    { authorization: 'Bearer first-key' },
    { authorization: 'bearer second' },
    { 'x-api-key': 'second' },
    { 'api-key': 'second' },
  ] as Record<string, string>[]) {
    t.equal((await server.post('/v1/chat/completions', hello, headers)).status, 200)
  }
})

t.test("a key is passed on as the client's own only if it is not one of ours", async t => {
  const server = await serve(t, { config: keys })
  await server.post('/v1/chat/completions', hello, { authorization: 'Bearer second' })
  await server.post('/v1/chat/completions', hello, { 'x-api-key': 'second', authorization: 'Bearer sk-mine' })
  const keyless = await serve(t)
  await keyless.post('/v1/chat/completions', hello, { authorization: 'Bearer sk-mine' })
  await keyless.post('/v1/chat/completions', hello, { 'api-key': 'azure-mine' })
  t.strictSame(
    [...server.clients, ...keyless.clients].map(client => client.clientKey),
    [undefined, 'sk-mine', 'sk-mine', 'azure-mine'],
  )
})

t.test('a reload changes the keys', async t => {
  const server = await serve(t, { config: keys })
  server.currentConfig.replace(configOf({ api_keys: ['third'] }))
  t.equal((await server.post('/v1/chat/completions', hello, { 'x-api-key': 'second' })).status, 401)
  t.equal((await server.post('/v1/chat/completions', hello, { 'x-api-key': 'third' })).status, 200)
})

t.test('a key may be sent in a configured header, which a reload can change', async t => {
  const server = await serve(t, { config: { ...keys, api_key_header: 'X-Team-Key' } })
  const statusWith = async (headers: Record<string, string>) =>
    (await server.post('/v1/chat/completions', hello, headers)).status
  t.equal(await statusWith({ 'x-team-key': 'second' }), 200)
  t.equal(await statusWith({ 'x-team-key': 'wrong', 'x-api-key': 'second' }), 200)
  t.equal(await statusWith({ authorization: 'Bearer second' }), 200)
  const refused = await server.post('/v1/chat/completions', hello, { 'x-team-key': 'wrong' })
  t.equal(refused.status, 401)
  t.match(await refused.json(), { error: { message: /headers x-api-key, api-key, x-team-key/ } })
  server.currentConfig.replace(configOf({ ...keys, api_key_header: 'authorization' }))
  t.equal(await statusWith({ 'x-team-key': 'second' }), 401)
  t.equal(await statusWith({ authorization: 'second' }), 200)
})

t.test('a body is not read before the key is checked', async t => {
  const server = await serve(t, { config: keys })
  const answer = await raw(
    server.port,
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 8000000\r\n\r\n{',
  )
  t.match(answer, /^HTTP\/1.1 401 /)
  t.match(answer, /connection: close/i)
})

t.test('health shows its sections only to clients that may use the server', async t => {
  const plugin = (app: { healthSections: Map<string, () => unknown> }) => {
    app.healthSections.set('providers', () => ({ ok: true, healthy: 2 }))
    app.healthSections.set('broken', () => {
      throw new Error('no idea')
    })
  }
  const closed = await serve(t, { config: keys, plugin })
  t.strictSame(await (await fetch(`${closed.url}/health`)).json(), { status: 'degraded' })
  const told = {
    status: 'degraded',
    timestamp: Number,
    ready: true,
    load_balancer: { endpoints: {} },
    providers: { ok: true, healthy: 2 },
    broken: { ok: false, error: 'no idea' },
  }
  const withKey = await fetch(`${closed.url}/health`, { headers: { 'x-api-key': 'second' } })
  t.match(await withKey.json(), told)
  const open = await serve(t, { plugin })
  t.match(await (await fetch(`${open.url}/health`)).json(), told)
})

t.test('web pages of other sites cannot use a server without keys', async t => {
  const server = await serve(t)
  const from = (origin: string) => server.post('/v1/chat/completions', hello, { origin })
  t.equal(await codeOf(await from('https://evil.example')), 'forbidden')
  t.equal(await codeOf(await from('null')), 'forbidden')
  t.equal((await from('http://localhost:3000')).status, 200)
  const rebound = await raw(
    server.port,
    'GET /v1/models HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n',
  )
  t.match(rebound, /^HTTP\/1.1 403 /)
  const local = await raw(
    server.port,
    `GET /v1/models HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: close\r\n\r\n`,
  )
  t.match(local, /^HTTP\/1.1 200 /)
})

t.test('with keys, or when listening beyond this machine, any host name is accepted', async t => {
  const server = await serve(t, { config: keys })
  const answer = await raw(
    server.port,
    'GET /v1/models HTTP/1.1\r\nhost: proxy.example\r\norigin: https://app.example\r\nx-api-key: second\r\nconnection: close\r\n\r\n',
  )
  t.match(answer, /^HTTP\/1.1 200 /)
  t.doesNotThrow(() => checkLocalCaller({ host: 'proxy.example', origin: 'https://app.example' }, '0.0.0.0'))
})

t.test('loopback is distinguished from hosts that look like it', async t => {
  for (const host of ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1']) {
    t.ok(isLoopback(host), host)
  }
  for (const host of ['0.0.0.0', '::', '127.evil.example', 'localhost.evil.example', '10.0.0.1', '']) {
    t.notOk(isLoopback(host), host)
  }
})

t.test('keys never appear in the log', async t => {
  const server = await serve(t, { config: keys })
  await server.post('/v1/chat/completions', hello, { 'x-api-key': 'second' })
  await server.post('/v1/chat/completions', hello, { authorization: 'Bearer sk-canary-1' })
  t.notMatch(server.log.join(''), /second|sk-canary-1|"Hi"/)
})

t.test('pipelined requests are answered in order', async t => {
  const server = await serve(t)
  const socket = connect(server.port, '127.0.0.1')
  socket.setEncoding('utf8')
  let text = ''
  socket.on('data', (part: string) => (text += part))
  const request = (path: string, connection: string) =>
    `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: ${connection}\r\n\r\n`
  socket.write(request('/ready', 'keep-alive') + request('/health', 'close'))
  await new Promise(resolve => socket.once('close', resolve))
  t.match(text, /ready[^]*"healthy"/)
})

t.test('any number of pipelined requests raises no warning', async t => {
  const warnings: Error[] = []
  const listen = (warning: Error): void => void warnings.push(warning)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  const { promise: all, resolve } = Promise.withResolvers<void>()
  const server = await serve(t, {
    answer: async () => {
      if (server.requests.length === 31) resolve()
      await all
      return replyFrom('hello', 'm')
    },
  })
  const body = JSON.stringify(hello)
  const request = (connection: string) =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: ${connection}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  const text = await raw(server.port, request('keep-alive').repeat(30) + request('close'))
  t.equal(text.match(/HTTP\/1\.1 200 OK/g)?.length, 31)
  await new Promise(setImmediate)
  t.same(warnings, [])
})
