import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const program = join(import.meta.dirname, '../../../../bench/throughput/arrivals/clients.ts')

t.test('each request is sent once, whole, over no more connections than allowed', async t => {
  const bodies: string[] = []
  let connections = 0
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      bodies.push(body)
      response.end('x')
    })
  })
  server.on('connection', () => connections++)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  // Half a second before the measurement, and half a second of it.
  await promisify(execFile)(process.execPath, [program, String(port), '200', '0.5', '2'], {
    env: { ...process.env, BENCH_REQUEST: btoa('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}') },
  })
  t.same(
    bodies,
    Array.from({ length: 200 }, () => '{}'),
  )
  t.equal(connections, 2)
})
