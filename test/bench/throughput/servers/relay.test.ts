import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { findProgram } from '../../../../bench/throughput/machine.ts'
import { bareRelay } from '../../../../bench/throughput/servers/peers.ts'
import { startServer } from '../../../../bench/throughput/processes.ts'
import { freePort } from '../../../fake-provider/ports.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

/** A bare relay in front of an upstream that the test scripts. */
async function relayed() {
  let answer: Answer = () => {}
  const upstream = createServer((request, response) => void answer(request, response))
  await once(upstream.listen(0, '127.0.0.1'), 'listening')
  const place = {
    port: await freePort(),
    upstreamPort: (upstream.address() as AddressInfo).port,
    folder: t.testdir(),
  }
  const command = bareRelay.command(place)
  const relay = await startServer({ command, cores: [0] }, place.port, join(place.folder, 'log'))
  t.teardown(async () => {
    await relay.stop()
    upstream.closeAllConnections()
    upstream.close()
  })
  return {
    answerWith: (next: Answer) => {
      answer = next
    },
    post: (body: string, signal?: AbortSignal) =>
      fetch(`http://127.0.0.1:${place.port}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        ...(signal && { signal }),
      }),
  }
}

t.test('the bare relay', { skip: !findProgram('taskset') && 'there is no taskset' }, async t => {
  const { answerWith, post } = await relayed()

  await t.test('passes the bytes, the status and the type on unchanged', async t => {
    answerWith(async (request, response) => {
      const received = await text(request)
      response.writeHead(418, { 'content-type': 'text/event-stream', 'x-hop': 'upstream' })
      response.end(`data: ${request.headers['content-type']} ${received}\n\n`)
    })
    // Not the way JSON.stringify would write it.
    const body = '{ "a" : 1.0 }'
    const response = await post(body)
    t.equal(response.status, 418)
    t.equal(response.headers.get('content-type'), 'text/event-stream')
    t.equal(response.headers.get('x-hop'), null)
    t.equal(await response.text(), `data: application/json ${body}\n\n`)
  })

  await t.test('passes on an answer larger than all buffers completely', async t => {
    const size = 32 * 1024 * 1024
    answerWith((_, response) => response.end(Buffer.alloc(size, 'x')))
    const bytes = await (await post('{}')).arrayBuffer()
    t.equal(bytes.byteLength, size)
  })

  await t.test('ends the call to the upstream when the client leaves', async t => {
    const left = Promise.withResolvers<void>()
    answerWith((_, response) => {
      response.on('close', left.resolve)
      response.write('data: {}\n\n')
    })
    const leaving = new AbortController()
    await post('{}', leaving.signal)
    leaving.abort()
    await t.resolves(left.promise)
  })

  await t.test('breaks the connection when the upstream does', async t => {
    answerWith((_, response) => response.write('data: {}\n\n', () => response.destroy()))
    await t.rejects(post('{}').then(response => response.text()))
  })

  await t.test('answers 502 when the upstream breaks off before its answer', async t => {
    answerWith((_, response) => response.destroy())
    t.equal((await post('{}')).status, 502)
  })
})
