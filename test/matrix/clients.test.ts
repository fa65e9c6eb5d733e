import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { answer, error, flood, gate, head, hold, sequence, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { hello, postOf, textOf } from './client.ts'
import { serve, until } from './serve.ts'
import type { Served } from './serve.ts'

const endless = sequence(
  head(200, { 'transfer-encoding': 'chunked', 'content-type': 'text/event-stream' }),
  flood(event()),
)

function event(): string {
  const choices = [{ index: 0, delta: { content: 'x'.repeat(8_000) }, finish_reason: null }]
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
}

/** The number of requests that ended with 499, because the client disconnected. */
async function left(server: Served): Promise<number> {
  const { text } = await server.client.get('/metrics')
  return Number(/requests_total\{route="\/v1\/chat\/completions",status="499"\} (\d+)/.exec(text)?.[1] ?? 0)
}

t.test('a client that disconnects during its upload causes no call', async t => {
  const server = await serve(t, [answer()])
  const bytes = postOf()
  for (const at of [10, bytes.indexOf('\r\n\r\n') + 4, bytes.length - 1]) {
    const raw = server.client.open().send(bytes.slice(0, at))
    await once(raw.socket, 'connect')
    await until(() => raw.socket.writableLength === 0)
    raw.leave()
  }
  t.equal(textOf(await server.client.ask()), 'ok')
  t.strictSame(server.received, [1])
})

t.test('the call of a client that disconnects in the queue is never sent', async t => {
  const open = gate()
  const server = await serve(t, [sequence(hold(open), answer())], { entries: [{ max_concurrent: 1 }] })
  const first = server.client.ask()
  await server.fakes[0]!.waitFor(1)
  for (const fields of [{}, { stream: true }]) {
    const raw = server.client.open().ask(fields)
    await until(() => server.running.app.inFlight.size === 2)
    raw.leave()
    await until(() => server.running.app.inFlight.size === 1)
    t.equal(server.running.app.inFlight.size, 1)
  }
  open.release()
  t.equal((await first).status, 200)
  t.strictSame(server.received, [1])
  t.equal(await left(server), 2)
})

const stages: Readonly<Record<string, [Action, string]>> = {
  'before the head': [hold(), ''],
  'in a body': [
    sequence(head(200, { 'content-length': 100, 'content-type': 'application/json' }), hold()),
    '',
  ],
  'after the role': [stream([hold()]), ''],
  'in the middle of a stream': [stream(['one ', hold()]), 'one '],
  'in a flood': [endless, 'xxxx'],
}

for (const [where, [script, seen]] of Object.entries(stages)) {
  t.test(`a client that disconnects ${where} ends the call, which is nobody's failure`, async t => {
    const server = await serve(t, [script, answer('never')])
    const raw = server.client.open().ask({ stream: true })
    const request = await server.fakes[0]!.waitFor(1)
    await raw.hears(seen)
    raw.leave()
    await request.aborted
    await until(() => server.running.app.inFlight.size === 0)
    t.strictSame(server.received, [1, 0])
    t.match((await server.providers())[0], { failures: 0, status: 'healthy', active: 0 })
    t.equal(await left(server), 1)
  })
}

t.test('a client that only closes its own side counts as gone', async t => {
  const server = await serve(t, [hold()])
  const raw = server.client.open().ask()
  const request = await server.fakes[0]!.waitFor(1)
  raw.socket.end()
  await request.aborted
  t.equal(await raw.whole(), '')
})

t.test('a client that disconnects between attempts causes no further attempt', async t => {
  const open = gate()
  const server = await serve(t, [sequence(hold(open), error(500)), answer('never')])
  const raw = server.client.open().ask()
  await open.reached()
  raw.leave()
  await server.fakes[0]!.requests[0]!.aborted
  open.release()
  await until(() => server.running.app.inFlight.size === 0)
  t.strictSame(server.received, [1, 0])
})

for (const approach of ['bon', 'moa', 'self_consistency']) {
  t.test(`a disconnect while ${approach} draws cancels every call, and no round follows`, async t => {
    for (const fields of [{}, { stream: true }]) {
      // One choice instead of several: the others are requested singly and concurrently.
      const server = await serve(t, [[answer('a', { ignoreN: true }), hold(), hold(), hold(), hold()]])
      const raw = server.client.open().ask({ ...fields, hulumanage_approach: approach })
      await server.fakes[0]!.waitFor(3)
      raw.leave()
      await until(() => server.running.app.inFlight.size === 0)
      await Promise.all(server.fakes[0]!.requests.slice(1).map(request => request.aborted))
      t.ok(server.received[0]! <= 5)
    }
  })
}

t.test('a client that disconnects while bon grades cancels the grades', async t => {
  const server = await serve(t, [[answer(['a', 'b', 'c']), hold(), hold(), hold()]])
  const raw = server.client.open().ask({ hulumanage_approach: 'bon' })
  await server.fakes[0]!.waitFor(4)
  raw.leave()
  await Promise.all(server.fakes[0]!.requests.slice(1).map(request => request.aborted))
  t.strictSame(server.received, [4])
})

t.test('a client that disconnects while the branches of a chain run cancels all of them', async t => {
  const server = await serve(t, [hold()])
  const raw = server.client.open().ask({ model: '(bon|moa|none)-m' })
  await server.fakes[0]!.waitFor(3)
  raw.leave()
  await Promise.all(server.fakes[0]!.requests.map(request => request.aborted))
  t.strictSame(server.received, [3])
})

/** Follows the connections from here on: what the server has read from providers and not yet passed to the kernel for clients. */
function followHeld(t: Test, server: Served): () => number {
  const [providers, clients]: [Socket[], Socket[]] = [[], []]
  const onConnected = (message: unknown) =>
    void providers.push((message as { readonly socket: Socket }).socket)
  const channel = 'undici:client:connected'
  subscribe(channel, onConnected)
  t.teardown(() => unsubscribe(channel, onConnected))
  server.running.app.server.on('connection', socket => clients.push(socket))
  const sum = (sockets: readonly Socket[], bytesOf: (socket: Socket) => number) =>
    sockets.reduce((total, socket) => total + bytesOf(socket), 0)
  return () =>
    sum(providers, ({ bytesRead }) => bytesRead) -
    sum(clients, ({ bytesWritten, writableLength }) => bytesWritten - writableLength)
}

t.test('a reader that stalls holds its provider back, and at most 256 KiB', async t => {
  let sent = () => 0
  const script: Action = exchange => {
    sent = () => exchange.sent
    return endless
  }
  const server = await serve(t, [script])
  const held = followHeld(t, server)
  const raw = server.client.open()
  raw.socket.pause()
  raw.ask({ stream: true })
  await server.fakes[0]!.waitFor(1)
  // Once the buffers of the kernel are full, nothing moves.
  let before = -1
  for (let still = 0; still < 2_000;) {
    await new Promise(setImmediate)
    still = sent() === before && before > 0 ? still + 1 : 0
    before = sent()
  }
  t.ok(sent() < 24 * 1024 * 1024, `${sent()} bytes were taken from the provider`)
  t.ok(held() > 0 && held() < 256 * 1024, `${held()} bytes are held`)
  raw.socket.resume()
  await until(() => sent() > before + 1024 * 1024)
  t.ok(sent() > before, 'and goes on when it reads again')
  raw.leave()
  await server.fakes[0]!.requests[0]!.aborted
})

t.test('successive requests on a connection are answered in order, each counted', async t => {
  const open = gate()
  // They reach the provider in any order.
  const server = await serve(t, [
    ({ request: { body } }) =>
      body['user'] === 'first' ? sequence(hold(open), answer('first')) : answer(String(body['user'])),
  ])
  const raw = server.client.open()
  raw.send(
    postOf({ user: 'first' }) + postOf({ user: 'second', stream: true }) + postOf({ user: 'third' }, 'close'),
  )
  await server.fakes[0]!.waitFor(1)
  open.release()
  const text = await raw.whole()
  const order = ['first', 'second', 'third'].map(word => text.indexOf(word))
  t.ok(
    order.every(at => at >= 0),
    text,
  )
  t.strictSame(
    order,
    order.toSorted((one, other) => one - other),
  )
  t.match(
    (await server.client.get('/metrics')).text,
    /requests_total\{route="\/v1\/chat\/completions",status="200"\} 3/,
  )
})

t.test('a client that disconnects with requests waiting on its connection cancels all of them', async t => {
  const server = await serve(t, [hold()])
  const raw = server.client.open()
  raw.send(postOf() + postOf({ stream: true }) + postOf())
  await server.fakes[0]!.waitFor(1)
  await server.fakes[0]!.waitFor(3)
  t.equal(server.running.app.inFlight.size, 3)
  raw.leave()
  await until(() => server.running.app.inFlight.size === 0)
  await Promise.all(server.fakes[0]!.requests.map(request => request.aborted))
})

t.test('a client is not affected by others that disconnect', async t => {
  const open = gate()
  const server = await serve(t, [stream(['one ', hold(open), 'two'])])
  const raws = Array.from({ length: 6 }, () => server.client.open().ask({ stream: true }))
  await Promise.all(raws.map(raw => raw.hears('one ')))
  for (const raw of raws.filter((_, index) => index % 2 === 0)) raw.leave()
  open.release()
  const stayed = raws.filter((_, index) => index % 2 === 1)
  await Promise.all(stayed.map(raw => raw.hears('data: [DONE]')))
  for (const raw of stayed) t.match(raw.text, /one [^]*two[^]*\[DONE\]/)
})

t.test('a connection that closes right after the upload is one request', async t => {
  const server = await serve(t, [answer()])
  const raw = server.client.open()
  const bytes = postOf(hello, 'close')
  for (let at = 0; at < bytes.length; at += 97) raw.send(bytes.slice(at, at + 97))
  t.match(await raw.whole(), /^HTTP\/1\.1 200 [^]*"ok"/)
  t.strictSame(server.received, [1])
})
