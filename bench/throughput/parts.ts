import { measure } from './loads/bursts.ts'
import type { Load, Measured } from './loads/bursts.ts'
import { measureStarts } from './loads/starts.ts'
import type { Started } from './loads/starts.ts'
import type { Part } from './options.ts'
import { measurePaced } from './paced/paced.ts'
import type { Paced, PacedLoad } from './paced/paced.ts'
import { approachTable, latencyTable, pacedTable, startTable, throughputTable } from './report/tables.ts'
import { doubts, pacedDoubts } from './report/doubts.ts'
import type { Scene } from './scene.ts'
import { ours } from './servers/hulumanage.ts'
import { bareRelay } from './servers/peers.ts'

/** The results of one part of the benchmark. */
export interface PartResult {
  readonly part: Part
  readonly title: string
  /** A table, and doubts about its figures, for people. */
  readonly text: string
  /** All figures, for programs. */
  readonly servers: readonly (Started | Measured | Paced)[]
}

const compared = { baseline: bareRelay.name, ours: ours.name }
const kilobytes = [4, 40, 400]
const streamCounts = [300, 1000]
/** Twice as many connections must stay below the 20,000 files that a process may open on many machines. */
const idleCounts = [100, 1000, 9000]
/** The longest that a stream of the idle ones may be silent is less than the silence that servers allow. */
const idleGapMs = 15_000

/** Measures all servers in one respect. */
export async function runPart(part: Part, scene: Scene): Promise<PartResult[]> {
  const { connections } = scene.options
  scene.tell(`${part}:`)
  switch (part) {
    case 'start':
      return [await start(scene)]
    case 'latency':
      return [await latency(scene)]
    case 'json':
      return [await throughput(part, 'JSON of 1 KB', { kind: 'json', connections }, scene)]
    case 'stream':
      return [
        await throughput(part, 'Streams of 66 events in a burst', { kind: 'stream', connections }, scene),
      ]
    case 'prompts':
      return await each(kilobytes, async size => await prompt(size, scene))
    case 'approaches':
      return [await approaches(scene)]
    case 'paced':
      return await each(
        streamCounts,
        async streams => await paced(part, { streams, events: 64, gapMs: 20 }, scene),
      )
    case 'idle':
      return await each(
        idleCounts,
        async streams => await paced(part, { streams, events: 64, gapMs: idleGapMs }, scene),
      )
  }
}

async function each<T>(values: readonly T[], run: (value: T) => Promise<PartResult>): Promise<PartResult[]> {
  const results: PartResult[] = []
  for (const value of values) results.push(await run(value))
  return results
}

async function start(scene: Scene): Promise<PartResult> {
  const servers = await measureStarts(scene)
  return { part: 'start', title: 'Start', text: startTable(servers, compared), servers }
}

/** On one connection nothing is at its limit, so there is no doubt about that. */
async function latency(scene: Scene): Promise<PartResult> {
  const servers = await measure({ kind: 'json', connections: 1 }, scene)
  return {
    part: 'latency',
    title: 'JSON of 1 KB, one connection',
    text: latencyTable(servers, compared),
    servers,
  }
}

async function prompt(size: number, scene: Scene): Promise<PartResult> {
  const { connections } = scene.options
  const load: Load = { kind: 'json', connections, promptBytes: size * 1000 }
  return await throughput('prompts', `JSON of 1 KB for a prompt of ${size} KB`, load, scene)
}

async function throughput(part: Part, what: string, load: Load, scene: Scene): Promise<PartResult> {
  const servers = await measure(load, scene)
  const title = `${what}, ${load.connections} connections`
  return { part, title, text: throughputTable(servers, compared) + warnings(doubts(servers)), servers }
}

/** Only servers that know approaches; a request of theirs is several calls. */
async function approaches(scene: Scene): Promise<PartResult> {
  const { connections } = scene.options
  const peers = scene.peers.filter(({ hasApproaches }) => hasApproaches)
  const servers = await measure({ kind: 'json', connections, model: 'bon&proxy-bench' }, scene, peers)
  const title = `bon&proxy, ${connections} connections`
  return { part: 'approaches', title, text: approachTable(servers) + warnings(doubts(servers)), servers }
}

async function paced(part: Part, load: PacedLoad, scene: Scene): Promise<PartResult> {
  const servers = await measurePaced(load, scene)
  const title = `${load.streams} streams at once, an event each ${load.gapMs} ms`
  return { part, title, text: pacedTable(servers, compared) + warnings(pacedDoubts(servers)), servers }
}

function warnings(found: readonly string[]): string {
  return found.map(doubt => `Warning: ${doubt}\n`).join('')
}
