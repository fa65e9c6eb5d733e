import { coreTimes, processorSeconds, reapedSeconds } from '../accounting.ts'
import { chatPath, checkAnswer, requestBody } from './exchange.ts'
import type { Asked } from './exchange.ts'
import { BenchFailure } from '../failure.ts'
import type { Served } from '../processes.ts'
import { startPeer, streamingPeers } from '../scene.ts'
import type { Scene } from '../scene.ts'
import type { Peer } from '../servers/peer.ts'
import { orderOfRound } from '../statistics.ts'
import { wrk } from './wrk.ts'
import type { Target } from './wrk.ts'

const longestWarmUpSeconds = 60

/** The load that all servers are put under. */
export interface Load extends Asked {
  readonly connections: number
}

/** One server under load for a few seconds. */
export interface Burst {
  readonly requests: number
  readonly perSecond: number
  /** Processor time of the server, all its threads and processes included, for one request. */
  readonly cpuMicroseconds: number
  /** The part of its core's time that the server used: 1 is saturation. */
  readonly serverShare: number
  /** The part of the server's core that was idle; what is left went to other programs. */
  readonly idleShare: number
  /** The part of their cores' time that wrk and the upstream used. */
  readonly loadShare: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** The bursts of one server, one a round. */
export interface Measured {
  readonly name: string
  readonly commit: string | undefined
  /** Calls to the model for one request, as the server tells; 1 if it does not. */
  readonly calls: number
  readonly bursts: readonly Burst[]
}

/** Bursts that go round all servers, after a warm-up of each. */
export async function measure(
  load: Load,
  scene: Scene,
  peers: readonly Peer[] = load.kind === 'stream' ? streamingPeers(scene) : scene.peers,
): Promise<Measured[]> {
  const { rounds, warmUp } = scene.options
  const entries: Entry[] = []
  for (const peer of peers) entries.push(await entryOf(peer, load, scene))
  for (const entry of entries) {
    scene.tell(`warming up ${entry.peer.name}`)
    await heat(warmUp, async () => await burst(entry, load, scene))
  }
  for (let round = 0; round < rounds; round++) {
    scene.tell(`round ${round + 1} of ${rounds}`)
    for (const entry of orderOfRound(entries, round)) entry.bursts.push(await burst(entry, load, scene))
  }
  await Promise.all(entries.map(async ({ served }) => await served.stop()))
  return entries.map(({ peer: { name, commit }, calls, bursts }) => ({ name, commit, calls, bursts }))
}

/** A server that runs, and what one answer of it is. */
interface Entry {
  readonly peer: Peer
  readonly served: Served
  readonly target: Target
  readonly bytes: number
  readonly calls: number
  readonly bursts: Burst[]
}

async function entryOf(peer: Peer, load: Load, scene: Scene): Promise<Entry> {
  const { served, headers } = await startPeer(peer, scene.upstreamPorts[load.kind], scene)
  const url = `http://127.0.0.1:${served.port}${chatPath}`
  const target = { url, headers, body: requestBody(load) }
  return { peer, served, target, ...(await firstAnswer(peer, target, load)), bursts: [] }
}

/** V8 is compiling for the first twenty thousand calls or so; a server runs for days after them. */
async function heat(requests: number, next: () => Promise<Burst>): Promise<void> {
  const until = performance.now() + longestWarmUpSeconds * 1000
  for (let done = 0; done < requests && performance.now() < until;) done += (await next()).requests
}

async function burst({ served, target, bytes }: Entry, { connections }: Load, scene: Scene): Promise<Burst> {
  const { seconds, loadCores, serverCore } = scene.options
  const read = () => ({
    at: performance.now() / 1000,
    server: processorSeconds(served.pid),
    load: reapedSeconds() + processorSeconds(scene.upstream.pid),
    idle: coreTimes([serverCore]).idle,
  })
  const before = read()
  const result = await wrk(target, { connections, seconds, cores: loadCores, folder: scene.folder })
  const after = read()
  if (result.bytes / result.requests < bytes) throw new BenchFailure(`answers of ${target.url} were cut`)
  const wall = after.at - before.at
  return {
    requests: result.requests,
    perSecond: result.requests / result.seconds,
    cpuMicroseconds: ((after.server - before.server) / result.requests) * 1e6,
    serverShare: (after.server - before.server) / wall,
    idleShare: (after.idle - before.idle) / wall,
    loadShare: (after.load - before.load) / wall / loadCores.length,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
  }
}

/** Asks once and checks the answer: figures for wrong answers would mean nothing. */
async function firstAnswer(
  { name }: Peer,
  { url, headers, body }: Target,
  { kind }: Load,
): Promise<{ readonly bytes: number; readonly calls: number }> {
  const all = { 'content-type': 'application/json', ...headers }
  const response = await fetch(url, { method: 'POST', headers: all, body })
  const text = await response.text()
  checkAnswer(name, kind, response.status, text)
  return { bytes: Buffer.byteLength(text), calls: Number(response.headers.get('x-hulumanage-calls') ?? 1) }
}
