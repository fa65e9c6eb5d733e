import { coreTimes, processorSeconds, reapedSeconds } from './accounting.ts'
import { checkAnswer } from './exchange.ts'
import type { Kind } from './exchange.ts'
import { BenchFailure } from './failure.ts'
import type { RunningPeer, Scene } from './scene.ts'
import { startPeer } from './scene.ts'
import { orderOfRound } from './statistics.ts'
import { wrk } from './wrk.ts'

const longestWarmUpSeconds = 60

/** The load that all servers are put under. */
export interface Load {
  readonly kind: Kind
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
  readonly bursts: readonly Burst[]
}

/** Bursts that go round all servers, after a warm-up of each. */
export async function measure({ kind, connections }: Load, scene: Scene): Promise<Measured[]> {
  const { rounds, warmUp } = scene.options
  const entries: { readonly running: RunningPeer; readonly bytes: number; readonly bursts: Burst[] }[] = []
  for (const peer of scene.peers) {
    const running = await startPeer(peer, kind, scene)
    entries.push({ running, bytes: await answerBytes(running, kind), bursts: [] })
  }
  for (const { running, bytes } of entries) {
    scene.tell(`warming up ${running.peer.name}`)
    await heat(warmUp, async () => await burst(running, bytes, connections, scene))
  }
  for (let round = 0; round < rounds; round++) {
    scene.tell(`round ${round + 1} of ${rounds}`)
    for (const { running, bytes, bursts } of orderOfRound(entries, round)) {
      bursts.push(await burst(running, bytes, connections, scene))
    }
  }
  await Promise.all(entries.map(async ({ running }) => await running.served.stop()))
  return entries.map(({ running: { peer }, bursts }) => ({ name: peer.name, commit: peer.commit, bursts }))
}

/** V8 is compiling for the first twenty thousand calls or so; a server runs for days after them. */
async function heat(requests: number, next: () => Promise<Burst>): Promise<void> {
  const until = performance.now() + longestWarmUpSeconds * 1000
  for (let done = 0; done < requests && performance.now() < until;) done += (await next()).requests
}

async function burst(
  { served, target }: RunningPeer,
  bytes: number,
  connections: number,
  scene: Scene,
): Promise<Burst> {
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

/** Asks once, checks the answer, and returns its size: figures for wrong answers would mean nothing. */
async function answerBytes({ peer, target }: RunningPeer, kind: Kind): Promise<number> {
  const response = await fetch(target.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...target.headers },
    body: target.body,
  })
  const body = await response.text()
  checkAnswer(peer.name, kind, response.status, body)
  return Buffer.byteLength(body)
}
