import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { coreTimes, processorSeconds, residentMiB } from '../accounting.ts'
import { BenchFailure } from '../failure.ts'
import { chatPath, requestBody, wholeRequest } from '../loads/exchange.ts'
import { freePort, startHelper, startServer } from '../processes.ts'
import type { Helper } from '../processes.ts'
import { startPeer, streamingPeers } from '../scene.ts'
import type { Scene } from '../scene.ts'
import type { Peer } from '../servers/peer.ts'
import { median, orderOfRound } from '../statistics.ts'
import type { Reading } from './clients.ts'

/** Streams that a model writes as slowly as models do. */
export interface PacedLoad {
  readonly streams: number
  readonly events: number
  /** Milliseconds between two events. */
  readonly gapMs: number
}

/** One server with many slow streams. */
export interface Paced {
  readonly name: string
  readonly commit: string | undefined
  /** Processor time of the server for one event, a value a round. */
  readonly cpuMicroseconds: readonly number[]
  /** The longest time between two pieces of one stream, in all rounds. */
  readonly longestGapMs: number
  /** Memory that the server has taken for one stream, beyond what it held before. */
  readonly kibPerStream: number
  /** The median part of its core that the server used. */
  readonly serverShare: number
  /** The median part of their cores that clients and upstream used. */
  readonly loadShare: number
}

/** A second, since the clients start over ten milliseconds and the first streams all begin at once. */
const settleMs = 2000
const patienceMs = 30_000

/** Rounds that go through all servers, each with its own clients, which are there in its turn alone. */
export async function measurePaced(load: PacedLoad, scene: Scene): Promise<Paced[]> {
  const upstream = await startUpstream(load, scene)
  const entries: { readonly peer: Peer; readonly rounds: Round[] }[] = streamingPeers(scene).map(peer => ({
    peer,
    rounds: [],
  }))
  for (let round = 0; round < scene.options.rounds; round++) {
    scene.tell(`round ${round + 1} of ${scene.options.rounds}`)
    for (const { peer, rounds } of orderOfRound(entries, round)) {
      rounds.push(await measureRound(peer, upstream.port, load, scene))
    }
  }
  await upstream.stop()
  return entries.map(({ peer: { name, commit }, rounds }) => ({
    name,
    commit,
    cpuMicroseconds: rounds.map(({ cpuMicroseconds }) => cpuMicroseconds),
    longestGapMs: Math.max(...rounds.map(({ longestGapMs }) => longestGapMs)),
    kibPerStream: median(rounds.map(({ kibPerStream }) => kibPerStream)),
    serverShare: median(rounds.map(({ serverShare }) => serverShare)),
    loadShare: median(rounds.map(({ loadShare }) => loadShare)),
  }))
}

type Round = Omit<Paced, 'name' | 'commit' | 'cpuMicroseconds'> & { readonly cpuMicroseconds: number }

async function startUpstream({ events, gapMs }: PacedLoad, { folder, options }: Scene) {
  const port = await freePort()
  const place = join(folder, `paced-${port}`)
  mkdirSync(place)
  const program = join(import.meta.dirname, 'upstream.ts')
  const command = [process.execPath, program, String(port), String(events), String(gapMs)]
  return await startServer({ command, cores: options.loadCores }, port, join(place, 'log'))
}

async function measureRound(peer: Peer, upstreamPort: number, load: PacedLoad, scene: Scene): Promise<Round> {
  const { serverCore, loadCores, seconds } = scene.options
  const { served, headers } = await startPeer(peer, upstreamPort, scene)
  // A server that has answered nothing yet has not taken what it needs for the first answer.
  await inTurn(served.port, headers, 1, scene, async clients => await opened(clients, 1))
  const idleMiB = residentMiB(served.pid)
  const round = await inTurn(served.port, headers, load.streams, scene, async clients => {
    await opened(clients, load.streams)
    await sleep(settleMs)
    await clients.ask()
    const times = () => ({
      at: performance.now(),
      server: processorSeconds(served.pid),
      load: coreTimes(loadCores).busy,
    })
    const before = times()
    await sleep(seconds * 1000)
    const read = await clients.ask()
    const after = times()
    const wall = (after.at - before.at) / 1000
    const used = after.server - before.server
    return {
      cpuMicroseconds: (used / read.events) * 1e6,
      longestGapMs: read.longestGapMs,
      kibPerStream: ((residentMiB(served.pid) - idleMiB) * 1024) / load.streams,
      serverShare: used / wall,
      loadShare: (after.load - before.load) / wall / loadCores.length,
    }
  })
  await served.stop()
  scene.tell(`  ${peer.name} on core ${serverCore}: ${round.cpuMicroseconds.toFixed(1)} us an event`)
  return round
}

/** Starts clients, does something while they read, and ends them. */
async function inTurn<T>(
  port: number,
  headers: Readonly<Record<string, string>>,
  streams: number,
  { options }: Scene,
  act: (clients: Helper<Reading>) => Promise<T>,
): Promise<T> {
  const program = join(import.meta.dirname, 'clients.ts')
  const url = `http://127.0.0.1:${port}${chatPath}`
  const request = wholeRequest({ url, headers, body: requestBody({ kind: 'stream' }) })
  const clients = startHelper<Reading>({
    command: [process.execPath, program, String(port), String(streams)],
    cores: options.loadCores,
    env: { BENCH_REQUEST: Buffer.from(request).toString('base64') },
  })
  try {
    return await act(clients)
  } finally {
    await clients.stop()
  }
}

/** Waits until all clients read a stream. */
async function opened(clients: Helper<Reading>, streams: number): Promise<void> {
  const until = performance.now() + patienceMs
  for (let open = 0; open < streams; { open } = await clients.ask()) {
    if (performance.now() > until) throw new BenchFailure(`only ${open} of ${streams} streams have begun`)
    await sleep(50)
  }
}
