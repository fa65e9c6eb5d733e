import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import t from 'tap'
import type { Owner } from '../../fake-provider/ports.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { TestClock } from '../../test-clock.ts'
import { startHost } from '../host.ts'
import { serve } from '../serve.ts'

const mebibyte = Buffer.alloc(1024 * 1024, ' ')
const key = 'a-key-of-this-server'

interface Refused {
  readonly socket: Socket
  /** The answer. Its client has sent nothing of its body by the time it has the head. */
  readonly answer: string
  /** Resolves when the connection is closed, with the error that cut it off, if there was one. */
  readonly closed: Promise<Error | undefined>
}

/** Sends the head of a request; resolves with the answer. The connection stays open on the side of the client. */
async function refused(t: Owner, port: number, head: readonly string[]): Promise<Refused> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => void socket.destroy())
  let failure: Error | undefined
  socket.on('error', error => (failure = error))
  const closed = new Promise<Error | undefined>(resolve => {
    socket.on('close', () => resolve(failure))
  })
  let answer = ''
  socket.setEncoding('utf8').on('data', (part: string) => (answer += part))
  socket.write(['POST /v1/chat/completions HTTP/1.1', 'host: localhost', ...head, '', ''].join('\r\n'))
  await once(socket, 'end')
  return { socket, answer, closed }
}

/** Sends mebibytes until they are all sent or the connection is closed; resolves with how many were sent. */
async function send({ socket, closed }: Refused, count: number): Promise<number> {
  for (let sent = 0; sent < count; sent++) {
    if (socket.destroyed) return sent
    if (!socket.write(mebibyte)) await Promise.race([once(socket, 'drain').catch(() => {}), closed])
  }
  return count
}

const json = 'content-type: application/json'
const eight = `content-length: ${8 * mebibyte.length}`

t.test('a refusal is not lost with the body that its client still sends', async t => {
  const cases: [string, ConfigInput, number, string[]][] = [
    ['a wrong key', { api_keys: [key] }, 401, [json, eight]],
    ['a body in chunks', { api_keys: [key] }, 401, [json, 'transfer-encoding: chunked']],
    ['too large', { limits: { body_bytes: 1000 } }, 413, [json, eight]],
    ['another type', {}, 415, ['content-type: text/plain', eight]],
    ['malformed', {}, 400, ['content-length: many']],
    ['large headers', {}, 431, [`x-large: ${'x'.repeat(20_000)}`]],
  ]
  for (const [what, config, status, head] of cases) {
    const { port, requests } = await serve(t, { config })
    const answered = await refused(t, port, head)
    t.match(answered.answer, `HTTP/1.1 ${status} `, what)
    t.match(answered.answer, /^connection: close\r$/im, what)
    t.equal(await send(answered, 8), 8, what)
    answered.socket.end()
    t.equal(await answered.closed, undefined, what)
    t.equal(requests.length, 0)
  }
})

t.test('a client over its limit reads why', async t => {
  const { port } = await serve(t, { config: { rate_limit: { requests: 1, window: 600 } } })
  await refused(t, port, [json, 'content-length: 0', 'connection: close'])
  const answered = await refused(t, port, [json, eight])
  t.match(answered.answer, 'HTTP/1.1 429 ')
  t.equal(await send(answered, 8), 8)
  answered.socket.end()
  t.equal(await answered.closed, undefined)
})

t.test('what arrives behind a refusal is discarded, and no request', async t => {
  const { port, requests } = await serve(t, { config: { limits: { body_bytes: 1000 } } })
  const answered = await refused(t, port, [json, 'content-length: 1001'])
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
  const next = [
    'POST /v1/chat/completions HTTP/1.1',
    'host: localhost',
    json,
    `content-length: ${body.length}`,
  ]
  answered.socket.end(['x'.repeat(1001) + next[0], ...next.slice(1), '', body].join('\r\n'))
  t.equal(await answered.closed, undefined)
  t.equal(requests.length, 0)
})

t.test('a connection lingers for so many bytes', async t => {
  const { port } = await serve(t, { config: { api_keys: [key] } })
  const answered = await refused(t, port, [json, 'content-length: 1000000000'])
  t.ok((await send(answered, 500)) < 500)
  t.ok(await answered.closed)
})

t.test('a connection lingers for so long', async t => {
  const clock = TestClock.start(t)
  const { port, app } = await serve(t, { config: { api_keys: [key] } })
  const closing = new Promise(resolve => {
    app.server.once('connection', socket => socket.once('close', resolve))
  })
  await refused(t, port, [json, eight])
  await clock.pass(31)
  await closing
})

t.test('so many connections linger at once, and the oldest make room', async t => {
  const { port, app } = await serve(t, { config: { api_keys: [key] } })
  const open = new Set<number>()
  let count = 0
  app.server.on('connection', socket => {
    const number = count++
    open.add(number)
    socket.once('close', () => open.delete(number))
  })
  for (let opened = 0; opened < 260; opened++) await refused(t, port, [json, eight])
  t.same([...open].slice(0, 1), [4])
  t.equal(open.size, 256)
})

t.test('a server that stops waits for the refusals that it has sent', async t => {
  TestClock.start(t)
  const { url, stop } = await startHost(t, { api_keys: [key] })
  const answered = await refused(t, Number(new URL(url).port), [json, eight])
  const stopped = stop()
  t.equal(await send(answered, 8), 8)
  answered.socket.end()
  t.equal(await answered.closed, undefined)
  await stopped
})
