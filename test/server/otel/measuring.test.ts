import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { AttemptReport } from '../../../src/contract/index.ts'
import type { Exchange } from '../../../src/server/exchange.ts'
import { Measuring } from '../../../src/server/otel/measuring.ts'

const attempt: AttemptReport = {
  path: 'proxy',
  provider: 'a',
  model: 'm',
  reason: 'weighted',
  outcome: 'ok',
  status: 200,
  headMs: 1,
  totalMs: 2,
}

t.test('a collector that is slow to answer gets one message at a time', async t => {
  const held: ServerResponse[] = []
  let received = 0
  let isSlow = true
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      received++
      response.setHeader('connection', 'close')
      if (isSlow) held.push(response)
      else response.end('{}')
      server.emit('message')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let tick = () => {}
  t.intercept(globalThis, 'setInterval', {
    value: (callback: () => void) => {
      tick = callback
      return setTimeout(() => {})
    },
  })
  // However slow this machine is, no message takes too long.
  t.intercept(AbortSignal, 'timeout', { value: () => new AbortController().signal })
  const log = { info: () => {}, warn: () => t.fail('the collector accepts all messages') }
  const config = { endpoint, headers: {}, service_name: 's', sample: 1, content: false }
  const measuring = new Measuring({ config, interval: 1, log, kindOf: () => 'openai' })
  measuring.attemptEnded(attempt, { route: '/v1/chat/completions' } as Exchange)
  const arrived = once(server, 'message')
  for (let turn = 0; turn < 3; turn++) tick()
  await arrived
  const closed = measuring.close()
  t.equal(received, 1)
  isSlow = false
  for (const response of held) response.end('{}')
  await closed
  t.equal(received, 2, 'the one of the first turn, and the last one')
})
