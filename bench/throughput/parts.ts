import { measure } from './bursts.ts'
import type { Load, Measured } from './bursts.ts'
import type { Part } from './options.ts'
import { bareRelay, ours } from './servers/peers.ts'
import { doubts, latencyTable, startTable, throughputTable } from './report.ts'
import type { Scene } from './scene.ts'
import { measureStarts } from './starts.ts'
import type { Started } from './starts.ts'

/** The results of one part of the benchmark. */
export interface PartResult {
  readonly part: Part
  /** A title, a table, and doubts about its figures, for people. */
  readonly text: string
  /** All figures, for programs. */
  readonly servers: readonly (Started | Measured)[]
}

const compared = { baseline: bareRelay.name, ours: ours.name }

/** Measures all servers in one respect. */
export async function runPart(part: Part, scene: Scene): Promise<PartResult> {
  const { connections } = scene.options
  scene.tell(`${part}:`)
  switch (part) {
    case 'start':
      return await start(scene)
    case 'latency':
      return await latency(scene)
    case 'json':
      return await throughput(part, 'JSON of 1 KB', { kind: 'json', connections }, scene)
    case 'stream':
      return await throughput(part, 'Streams of 66 events in a burst', { kind: 'stream', connections }, scene)
  }
}

async function start(scene: Scene): Promise<PartResult> {
  const servers = await measureStarts(scene)
  return { part: 'start', text: `Start\n\n${startTable(servers, compared)}`, servers }
}

/** On one connection nothing is at its limit, so there is no doubt about that. */
async function latency(scene: Scene): Promise<PartResult> {
  const servers = await measure({ kind: 'json', connections: 1 }, scene)
  const text = `JSON of 1 KB, one connection\n\n${latencyTable(servers, compared)}`
  return { part: 'latency', text, servers }
}

async function throughput(part: Part, title: string, load: Load, scene: Scene): Promise<PartResult> {
  const servers = await measure(load, scene)
  const warnings = doubts(servers).map(doubt => `Warning: ${doubt}\n`)
  const table = throughputTable(servers, compared)
  const text = `${title}, ${load.connections} connections\n\n${table}${warnings.join('')}`
  return { part, text, servers }
}
