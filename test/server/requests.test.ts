import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { hello, raw, serve } from './serve.ts'

async function errorOf(response: Response) {
  const { error } = (await response.json()) as {
    error: { message: string; type: string; param: string | null; code: string | null }
  }
  return { status: response.status, ...error }
}

t.test('unacceptable JSON is refused in the error format of OpenAI', async t => {
  const server = await serve(t, { config: { limits: { body_bytes: 2000, depth: 8 } } })
  const deep = `{"a":${'['.repeat(9)}${']'.repeat(9)}}`
  const cases: [string, number, string, string | Buffer, Record<string, string>?][] = [
    ['nothing', 400, 'invalid_json', ''],
    ['no JSON', 400, 'invalid_json', '{"model": nope}'],
    ['a list', 400, 'invalid_value', '[]'],
    ['deep nesting', 400, 'invalid_json', deep],
    ['__proto__', 400, 'invalid_json', '{"a":{"__proto__":{"b":1}}}'],
    ['constructor.prototype', 400, 'invalid_json', '{"constructor":{"prototype":{"b":1}}}'],
    ['bytes that are not UTF-8', 400, 'invalid_json', Buffer.from([0x22, 0xff, 0x22])],
    ['too much', 413, 'request_too_large', `"${'a'.repeat(3000)}"`],
    ['text/plain', 415, 'unsupported_media_type', '{}', { 'content-type': 'text/plain' }],
    ['a form', 415, 'unsupported_media_type', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['utf-16', 415, 'unsupported_media_type', '{}', { 'content-type': 'application/json; charset=utf-16' }],
    ['a tab in the type', 415, 'unsupported_media_type', '{}', { 'content-type': 'application/json\ta' }],
    ['gzip', 415, 'unsupported_media_type', '{}', { 'content-encoding': 'gzip' }],
  ]
  for (const [what, status, code, body, headers] of cases) {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
    t.ok(response.headers.get('x-request-id'), what)
    t.equal(response.headers.get('x-should-retry'), 'false', what)
    t.match(await errorOf(response), { status, code, type: 'invalid_request_error' }, what)
  }
  t.equal(server.requests.length, 0)
})

t.test('charset utf-8 and a byte order mark are accepted', async t => {
  const server = await serve(t)
  const type = { 'content-type': 'application/json; charset=UTF-8' }
  const response = await server.post('/v1/chat/completions', `\uFEFF${JSON.stringify(hello)}`, type)
  t.equal(response.status, 200)
  t.equal(server.requests[0]?.source?.bytes?.[0], '{'.charCodeAt(0))
})

t.test('too many tiny values are refused, and in a large body before it is parsed', async t => {
  const server = await serve(t)
  const tiny = (count: number) => `{"a":[${'{},'.repeat(count)}{}]`
  // The large one is not closed, which only a parser sees.
  for (const body of [`${tiny(200_000)}}`, tiny(500_000)]) {
    const response = await server.post('/v1/chat/completions', body)
    t.match(await errorOf(response), { status: 400, code: 'invalid_json', message: /200000 values/ })
  }
})

t.test('the limit of depth is the same for small and large bodies', async t => {
  const server = await serve(t)
  const long = 'x'.repeat(1024 * 1024)
  for (const content of ['', long]) {
    const nested = (levels: number) =>
      `{"model":"m","messages":[{"role":"user","content":"${content}"}],"b":${'['.repeat(levels)}1${']'.repeat(levels)}}`
    const tooDeep = await server.post('/v1/chat/completions', nested(64))
    const error = { status: 400, code: 'invalid_json', message: /deeper than 64 levels/ }
    t.match(await errorOf(tooDeep), error)
    const accepted = await server.post('/v1/chat/completions', nested(63))
    await accepted.body?.cancel()
    t.equal(accepted.status, 200)
  }
})

// Such bodies, a few dozen of them, end the process on Node 26.10 if they are parsed.
t.test('bodies that are nested deeply and broken are refused, however many come', async t => {
  const server = await serve(t)
  const body = `{"messages":${'[1,'.repeat(12_000)}the answer`
  for (let count = 0; count < 100; count++) {
    const response = await server.post('/v1/chat/completions', body)
    const error = await errorOf(response)
    if (count % 20 === 0)
      t.match(error, { status: 400, code: 'invalid_json', message: /deeper than 64 levels/ })
  }
})

t.test('a body of the greatest depth that may be allowed is read', async t => {
  const server = await serve(t, { config: { limits: { depth: 1000 } } })
  const body = { ...hello, b: JSON.parse(`${'['.repeat(999)}1${']'.repeat(999)}`) as unknown }
  const response = await server.post('/v1/chat/completions', body)
  await response.body?.cancel()
  t.equal(response.status, 200)
})

t.test('a websocket is refused with 426, and an offer of HTTP/2 is ignored', async t => {
  const server = await serve(t)
  const get = (upgrade: string) =>
    raw(
      server.port,
      `GET /v1/responses HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n` +
        'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
  const refused = await get('WebSocket')
  t.match(refused, /^HTTP\/1\.1 426 /)
  t.match(refused, /\r\nupgrade: HTTP\/1\.1\r\n/i)
  t.match(refused, '"code":"upgrade_refused"')
  const ignored = await raw(
    server.port,
    `GET /v1/models HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n`,
  )
  t.match(ignored, /^HTTP\/1\.1 200 /)
})

t.test('unknown paths and wrong methods are distinguished', async t => {
  const server = await serve(t)
  const unknown = await server.post('/v2/nothing', {})
  t.match(await errorOf(unknown), { status: 404, code: 'unknown_url' })
  const wrong = await fetch(`${server.url}/v1/chat/completions`)
  t.equal(wrong.headers.get('allow'), 'POST')
  t.match(await errorOf(wrong), { status: 405, code: 'method_not_allowed' })
  const posted = await fetch(`${server.url}/v1/models`, { method: 'POST', body: 'x' })
  t.equal(posted.headers.get('allow'), 'GET, HEAD')
  t.match(await errorOf(posted), { status: 405, code: 'method_not_allowed' })
  const bad = await fetch(`${server.url}/v1/models/%ff`)
  t.match(await errorOf(bad), { status: 400, code: 'unknown_url' })
  t.ok(bad.headers.get('x-request-id'))
})

t.test('an HTTP parser error has the same format, and closes the connection', async t => {
  const server = await serve(t)
  const cases: [string, number, string, string][] = [
    ['no HTTP', 400, 'invalid_value', 'hello\r\n\r\n'],
    [
      'two lengths',
      400,
      'invalid_value',
      'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    ],
    [
      'length and chunks',
      400,
      'invalid_value',
      'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    ],
    [
      'long headers',
      431,
      'headers_too_large',
      `GET / HTTP/1.1\r\nhost: localhost\r\na: ${'a'.repeat(20_000)}\r\n\r\n`,
    ],
  ]
  for (const [what, status, code, bytes] of cases) {
    const answer = await raw(server.port, bytes)
    t.match(answer, new RegExp(`^HTTP/1.1 ${status} `), what)
    t.match(answer, /x-request-id: req_/, what)
    t.match(answer, /connection: close/, what)
    const body: unknown = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
    t.match(body, { error: { code, type: 'invalid_request_error', param: null } }, what)
  }
})

t.test('a request that takes too long to arrive gets an error that says so', async t => {
  const server = await serve(t)
  server.app.server.on('connection', socket => {
    const timedOut = Object.assign(new Error('timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    socket.once('data', () => setImmediate(() => server.app.server.emit('clientError', timedOut, socket)))
  })
  const answer = await raw(server.port, 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n')
  t.match(answer, /^HTTP\/1.1 408 [^]*"code":"request_timeout"/)
})

t.test('invalid bytes after an answer close the connection without a response', async t => {
  const server = await serve(t)
  const socket = connect(server.port, '127.0.0.1').setEncoding('utf8')
  const closed = once(socket, 'close')
  socket.write('GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n')
  t.match(await once(socket, 'data'), [/^HTTP\/1.1 200 /])
  let more = ''
  socket.on('data', (part: string) => (more += part))
  socket.write('nonsense\r\n\r\n')
  await closed
  t.equal(more, '')
})

t.test("a client's own request id is kept if it is reasonable", async t => {
  const server = await serve(t)
  const idFor = async (given: string) =>
    (await fetch(`${server.url}/ready`, { headers: { 'x-request-id': given } })).headers.get('x-request-id')
  t.equal(await idFor('abc-1'), 'abc-1')
  t.match(await idFor('a'.repeat(129)), /^req_/)
  t.match(await idFor('a b'), /^req_/)
})

t.test('a client that disconnects during its upload starts nothing', async t => {
  const server = await serve(t)
  const ended = new Promise<void>(resolve => {
    server.app.server.once('connection', socket => socket.once('close', () => resolve()))
  })
  const socket = connect(server.port, '127.0.0.1', () => {
    socket.write(
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"model"',
      () => socket.destroy(),
    )
  })
  await ended
  t.equal(server.requests.length, 0)
  t.equal(server.app.inFlight.size, 0)
})
