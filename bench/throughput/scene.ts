import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chatPath, completion, events, requestBody } from './exchange.ts'
import type { Kind } from './exchange.ts'
import { findProgram } from './machine.ts'
import { answerFiles, nginxCommand, upstreamConfig } from './servers/nginx.ts'
import type { Options } from './options.ts'
import type { Peer } from './servers/peers.ts'
import { freePort, startServer } from './processes.ts'
import type { Served } from './processes.ts'
import type { Target } from './wrk.ts'

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

/** A server that runs, and the request that loads it. */
export interface RunningPeer {
  readonly peer: Peer
  readonly served: Served
  readonly target: Target
}

/** Starts the upstream on the cores of the load. */
export async function openScene({ folder, options, peers, tell }: Setting): Promise<Scene> {
  const own = join(folder, 'upstream')
  mkdirSync(own)
  const upstreamPorts = { json: await freePort(), stream: await freePort() }
  writeFileSync(join(own, 'nginx.conf'), upstreamConfig(upstreamPorts))
  writeFileSync(join(own, answerFiles.json), completion)
  writeFileSync(join(own, answerFiles.stream), events.join(''))
  const command = nginxCommand(findProgram('nginx') ?? 'nginx', own)
  const upstream = await startServer(
    { command, cores: options.loadCores },
    upstreamPorts.json,
    join(own, 'log'),
  )
  return { folder, options, peers, tell, upstream, upstreamPorts }
}

/** Starts a server on the core of the servers, between the load and the upstream's answers of one kind. */
export async function startPeer(peer: Peer, kind: Kind, scene: Scene): Promise<RunningPeer> {
  const place = {
    port: await freePort(),
    upstreamPort: scene.upstreamPorts[kind],
    folder: mkdtempSync(join(scene.folder, 'peer-')),
  }
  for (const [name, text] of Object.entries(peer.files?.(place) ?? {})) {
    writeFileSync(join(place.folder, name), text)
  }
  // One cache for all, so that none compiles more than the others at a start.
  const env = { NODE_COMPILE_CACHE: join(scene.folder, 'compile-cache'), ...peer.env?.(place) }
  // In a folder of its own no server finds a configuration or plugins that it was not given.
  const { folder } = place
  const pinned = { command: peer.command(place), cores: [scene.options.serverCore], env, folder }
  const served = await startServer(pinned, place.port, join(folder, 'log'))
  const target: Target = {
    url: `http://127.0.0.1:${place.port}${chatPath}`,
    headers: peer.headers?.(place) ?? {},
    body: requestBody(kind),
  }
  return { peer, served, target }
}
