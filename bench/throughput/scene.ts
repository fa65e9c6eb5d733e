import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers } from './loads/exchange.ts'
import type { Kind } from './loads/exchange.ts'
import { findProgram } from './machine.ts'
import { answerFiles, nginxCommand, upstreamConfig } from './servers/nginx.ts'
import type { Options } from './options.ts'
import type { Peer } from './servers/peer.ts'
import { freePort, startServer } from './processes.ts'
import type { Served } from './processes.ts'

/** The environment of a benchmark run. */
export interface Setting {
  /** For the files of all processes. */
  readonly folder: string
  readonly options: Options
  readonly peers: readonly Peer[]
  /** Reports progress. */
  readonly tell: (text: string) => void
}

/** A setting with the upstream of all servers. */
export interface Scene extends Setting {
  readonly upstream: Served
  /** The port of each kind of answer. */
  readonly upstreamPorts: Readonly<Record<Kind, number>>
}

/** A server that runs. */
export interface RunningPeer {
  readonly served: Served
  /** Headers that its clients have to send. */
  readonly headers: Readonly<Record<string, string>>
}

/** Starts the upstream on the cores of the load. */
export async function openScene({ folder, options, peers, tell }: Setting): Promise<Scene> {
  const own = join(folder, 'upstream')
  mkdirSync(own)
  const upstreamPorts = { json: await freePort(), stream: await freePort(), tools: await freePort() }
  writeFileSync(join(own, 'nginx.conf'), upstreamConfig(upstreamPorts))
  for (const kind of ['json', 'stream', 'tools'] as const)
    writeFileSync(join(own, answerFiles[kind]), answers[kind])
  const command = nginxCommand(findProgram('nginx') ?? 'nginx', own)
  const upstream = await startServer(
    { command, cores: options.loadCores },
    upstreamPorts.json,
    join(own, 'log'),
  )
  return { folder, options, peers, tell, upstream, upstreamPorts }
}

/** Starts a server on the core of the servers, or on all cores if it has several workers, between the load and an upstream. */
export async function startPeer(peer: Peer, upstreamPort: number, scene: Scene): Promise<RunningPeer> {
  const place = { port: await freePort(), upstreamPort, folder: mkdtempSync(join(scene.folder, 'peer-')) }
  for (const [name, text] of Object.entries(peer.files?.(place) ?? {})) {
    writeFileSync(join(place.folder, name), text)
  }
  // One cache for all, so that none compiles more than the others at a start.
  const env = { NODE_COMPILE_CACHE: join(scene.folder, 'compile-cache'), ...peer.env?.(place) }
  // In a folder of its own no server finds a configuration or plugins that it was not given.
  const { folder } = place
  const { serverCore, loadCores } = scene.options
  const cores = (peer.workers ?? 1) > 1 ? [serverCore, ...loadCores] : [serverCore]
  const pinned = { command: peer.command(place), cores, env, folder }
  const served = await startServer(pinned, place.port, join(folder, 'log'))
  return { served, headers: peer.headers?.(place) ?? {} }
}

/** The servers that are measured with streams. */
export function streamingPeers({ peers }: Setting): readonly Peer[] {
  return peers.filter(({ breaksStreams }) => !breaksStreams)
}
