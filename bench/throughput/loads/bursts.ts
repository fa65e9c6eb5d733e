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
import { scrape } from './scrape.ts'
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
  peers: readonly Peer[] = load.kind === 'json' ? scene.peers : streamingPeers(scene),
): Promise<Measured[]> {
  const { rounds } = scene.options
  const entries: { readonly warm: WarmServer; readonly bursts: Burst[] }[] = []
  for (const peer of peers) entries.push({ warm: await startWarm(peer, load, scene), bursts: [] })
  for (let round = 0; round < rounds; round++) {
    scene.tell(`round ${round + 1} of ${rounds}`)
    for (const { warm, bursts } of orderOfRound(entries, round))
      bursts.push(await takeBurst(warm, load, scene))
  }
  await Promise.all(entries.map(async ({ warm }) => await warm.served.stop()))
  return entries.map(({ warm: { peer, calls }, bursts }) => ({
    name: peer.name,
    commit: peer.commit,
    calls,
    bursts,
  }))
}

/** A server that runs and has compiled what it needs, and what one answer of it is. */
export interface WarmServer {
  readonly peer: Peer
  readonly served: Served
  readonly target: Target
  readonly bytes: number
  readonly calls: number
}

/**
 * Starts a server, checks its answer and warms it up: V8 is compiling for the first twenty thousand calls or so, and a server runs for
 * days after them.
 */
export async function startWarm(peer: Peer, load: Load, scene: Scene): Promise<WarmServer> {
  const { served, headers } = await startPeer(peer, scene.upstreamPorts[load.kind], scene)
  const url = `http://127.0.0.1:${served.port}${chatPath}`
  const target = { url, headers, body: requestBody(load) }
  const warm = { peer, served, target, ...(await firstAnswer(peer, target, load)) }
  scene.tell(`warming up ${peer.name}`)
  const requests = scene.options.warmUp * (peer.workers ?? 1)
  const until = performance.now() + longestWarmUpSeconds * 1000
  for (let done = 0; done < requests && performance.now() < until;) {
    done += (await takeBurst(warm, load, scene)).requests
  }
  return warm
}

/** Puts a server at its limit for some seconds. */
export async function takeBurst(
  { peer, served, target, bytes }: WarmServer,
  { connections }: Load,
  scene: Scene,
): Promise<Burst> {
  const { seconds, loadCores, serverCore } = scene.options
  const read = () => ({
    at: performance.now() / 1000,
    server: processorSeconds(served.pid),
    load: reapedSeconds() + processorSeconds(scene.upstream.pid),
    idle: coreTimes([serverCore]).idle,
  })
  const stopScraping = peer.isScraped ? scrape(served.port, target.headers) : async () => {}
  const before = read()
  const result = await wrk(target, { connections, seconds, cores: loadCores, folder: scene.folder })
  const after = read()
  await stopScraping()
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
