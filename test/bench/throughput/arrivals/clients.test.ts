import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Arrived } from '../../../../bench/throughput/arrivals/clients.ts'
import { findProgram } from '../../../../bench/throughput/machine.ts'
import { run } from '../../../../bench/throughput/processes.ts'

const program = join(import.meta.dirname, '../../../../bench/throughput/arrivals/clients.ts')

t.test(
  'each request that is due is sent once, and waits for a connection if there are few',
  { skip: !findProgram('taskset') && 'there is no taskset' },
  async t => {
    let requests = 0
    const server = createServer((request, response) => {
      requests++
      request.resume().on('end', () => response.end('x'))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    t.teardown(() => server.close())
    const { port } = server.address() as AddressInfo
    const output = await run({
      command: [process.execPath, program, String(port), '200', '0.5', '2'],
      cores: [0],
      env: { BENCH_REQUEST: btoa('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}') },
    })
    const arrived = JSON.parse(output) as Arrived
    // Half a second before the measurement, and half a second of it.
    t.match(arrived, { sent: 200, measured: 100 })
    t.equal(requests, 200)
    t.ok(arrived.p50Ms <= arrived.p99Ms && arrived.p99Ms <= arrived.p999Ms)
  },
)
