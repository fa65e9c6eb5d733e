import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { findProgram } from '../../../../bench/throughput/machine.ts'
import type { Reading } from '../../../../bench/throughput/paced/clients.ts'
import { startHelper, startServer } from '../../../../bench/throughput/processes.ts'
import type { Helper } from '../../../../bench/throughput/processes.ts'
import { freePort } from '../../../fake-provider/ports.ts'

const programs = join(import.meta.dirname, '../../../../bench/throughput/paced')
/** Those of a stream, and its last mark. */
const events = 4 + 1

/** Clients that have read nothing yet, before an upstream with streams of 4 events. */
async function clientsOf(t: Test, streams: number): Promise<Helper<Reading>> {
  const upstreamPort = await freePort()
  const upstream = await startServer(
    {
      command: [process.execPath, join(programs, 'upstream.ts'), String(upstreamPort), '4', '1'],
      cores: [0],
    },
    upstreamPort,
    join(t.testdir(), 'log'),
  )
  t.teardown(async () => await upstream.stop())
  const clients = startHelper<Reading>({
    command: [process.execPath, join(programs, 'clients.ts'), String(upstreamPort), String(streams)],
    cores: [0],
    env: { BENCH_REQUEST: btoa('POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}') },
  })
  t.teardown(async () => await clients.stop())
  return clients
}

t.test(
  'clients read one stream after the other, and count each event once',
  { skip: !findProgram('taskset') && 'there is no taskset' },
  async t => {
    const clients = await clientsOf(t, 3)
    const read = { events: 0, ended: 0 }
    let open = 0
    while (read.ended < 9) {
      const reading = await clients.ask()
      read.events += reading.events
      read.ended += reading.ended
      open = reading.open
    }
    t.equal(open, 3)
    const begun = read.events - read.ended * events
    t.ok(begun >= 0 && begun < 3 * events, `${begun} events of streams that have not ended`)
  },
)
