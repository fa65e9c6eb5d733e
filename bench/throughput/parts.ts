import { measureHalf } from './arrivals/half.ts'
import { measureWorkers } from './arrivals/workers.ts'
import { measure } from './loads/bursts.ts'
import type { Load, Measured } from './loads/bursts.ts'
import { agentSession, history } from './loads/conversations.ts'
import { measureStarts } from './loads/starts.ts'
import type { Part } from './options.ts'
import { measurePaced } from './paced/paced.ts'
import type { PacedLoad } from './paced/paced.ts'
import type { PartResult } from './report/result.ts'
import type { Scene } from './scene.ts'
import { features } from './servers/features.ts'
import { bareRelay } from './servers/peers.ts'

const kilobytes = [4, 40, 400]
const streamCounts = [300, 1000]
/** Twice as many connections must stay below the 20,000 files that a process may open on many machines. */
const idleCounts = [1, 100, 1000, 9000]
/** The longest that a stream of the idle ones may be silent is less than the silence that servers allow. */
const idleGapMs = 15_000
const historyBytes = 40_000
const agentBytes = 315_000

/** Measures all servers in one respect. */
export async function runPart(part: Part, scene: Scene): Promise<PartResult[]> {
  scene.tell(`${part}:`)
  return await runs[part](scene)
}

const runs: Readonly<Record<Part, (scene: Scene) => Promise<PartResult[]>>> = {
  start: async scene => [{ part: 'start', title: 'Start', servers: await measureStarts(scene) }],
  // On one connection nothing is at its limit.
  latency: async scene => [
    {
      part: 'latency',
      title: 'Whole answers of 1 KB, one connection',
      servers: await measure({ kind: 'json', connections: 1 }, scene),
    },
  ],
  json: async scene => [await atLimit('json', 'Whole answers of 1 KB', { kind: 'json' }, scene)],
  stream: async scene => [
    await atLimit('stream', 'Streams of 66 events in a burst', { kind: 'stream' }, scene),
  ],
  half,
  prompts: scene =>
    each(kilobytes, size => {
      const load = { kind: 'json', promptBytes: size * 1000 } as const
      return atLimit('prompts', `Whole answers of 1 KB for a prompt of ${size} KB`, load, scene)
    }),
  agent: async scene => [
    await atLimit(
      'agent',
      'Whole answers of 1 KB to a chat of 40 KB',
      { kind: 'json', conversation: history(historyBytes) },
      scene,
    ),
    await atLimit(
      'agent',
      'Streams with calls of tools to an agent of 315 KB',
      { kind: 'tools', conversation: agentSession(agentBytes) },
      scene,
    ),
  ],
  approaches,
  features: async scene => {
    const { connections } = scene.options
    const servers = await measure({ kind: 'json', connections }, scene, features)
    return [
      {
        part: 'features',
        title: `One feature at a time, whole answers, ${connections} connections`,
        servers,
      },
    ]
  },
  workers: async scene => {
    const servers = await measureWorkers({ kind: 'json', connections: scene.options.connections }, scene)
    return [{ part: 'workers', title: 'Two workers', servers }]
  },
  paced: scene => each(streamCounts, streams => paced('paced', { streams, events: 64, gapMs: 20 }, scene)),
  idle: scene => each(idleCounts, streams => paced('idle', { streams, events: 64, gapMs: idleGapMs }, scene)),
}

async function each<T>(values: readonly T[], run: (value: T) => Promise<PartResult>): Promise<PartResult[]> {
  const results: PartResult[] = []
  for (const value of values) results.push(await run(value))
  return results
}

async function atLimit(
  part: 'json' | 'stream' | 'prompts' | 'agent',
  what: string,
  load: Omit<Load, 'connections'>,
  scene: Scene,
): Promise<PartResult> {
  const { connections } = scene.options
  const servers: Measured[] = await measure({ ...load, connections }, scene)
  return { part, title: `${what}, ${connections} connections`, servers }
}

/** The servers in C take more than these clients can send, even of the half. */
async function half(scene: Scene): Promise<PartResult[]> {
  const { connections } = scene.options
  const peers = scene.peers.filter(peer => peer === bareRelay || peer.hasApproaches)
  const servers = await measureHalf({ kind: 'json', connections }, scene, peers)
  return [{ part: 'half', title: 'Whole answers of 1 KB, half of the maximum rate', servers }]
}

/** Only servers that know approaches; a request of theirs is several calls. */
async function approaches(scene: Scene): Promise<PartResult[]> {
  const { connections } = scene.options
  const peers = scene.peers.filter(({ hasApproaches }) => hasApproaches)
  const servers = await measure({ kind: 'json', connections, model: 'bon&proxy-bench' }, scene, peers)
  return [{ part: 'approaches', title: `bon&proxy, ${connections} connections`, servers }]
}

async function paced(part: 'paced' | 'idle', load: PacedLoad, scene: Scene): Promise<PartResult> {
  const servers = await measurePaced(load, scene)
  const streams = load.streams === 1 ? 'One stream' : `${load.streams} streams at once`
  return { part, title: `${streams}, an event each ${load.gapMs} ms`, servers }
}
