import { join } from 'node:path'
import { processorSeconds, reapedSeconds } from '../accounting.ts'
import { wholeRequest } from '../loads/exchange.ts'
import { run } from '../processes.ts'
import type { Served } from '../processes.ts'
import type { Scene } from '../scene.ts'
import type { Target } from '../loads/wrk.ts'
import type { Arrived } from './clients.ts'

/** Enough that a request finds a free one, unless a server is overloaded. */
const connections = 256

/** One run of requests that come at a fixed pace, whatever the server does. */
export interface OpenRun extends Arrived {
  /** Requests that were due a second. */
  readonly rate: number
  /** Processor time of the server for one request. */
  readonly cpuMicroseconds: number
  /** Processor seconds that the server used in a second: 1 is a whole core. */
  readonly serverShare: number
  /** The part of their cores' time that the clients and the upstream used. */
  readonly loadShare: number
}

/**
 * Sends a server so many requests a second, evenly spaced. All of them are answered; throws a `BenchFailure` if one fails or has no
 * answer within 20 s of the end.
 */
export async function openLoop(served: Served, target: Target, rate: number, scene: Scene): Promise<OpenRun> {
  const { seconds, loadCores } = scene.options
  const read = () => ({
    at: performance.now() / 1000,
    server: processorSeconds(served.pid),
    load: reapedSeconds() + processorSeconds(scene.upstream.pid),
  })
  const program = join(import.meta.dirname, 'clients.ts')
  const words = [served.port, rate, seconds, connections].map(String)
  const before = read()
  const output = await run({
    command: [process.execPath, program, ...words],
    cores: loadCores,
    env: { BENCH_REQUEST: Buffer.from(wholeRequest(target)).toString('base64') },
  })
  const after = read()
  const arrived = JSON.parse(output) as Arrived
  const wall = after.at - before.at
  const used = after.server - before.server
  return {
    ...arrived,
    rate,
    cpuMicroseconds: (used / arrived.sent) * 1e6,
    // The clients do not send all the time: they start, and open their connections.
    serverShare: (used / arrived.sent) * rate,
    loadShare: (after.load - before.load) / wall / loadCores.length,
  }
}
