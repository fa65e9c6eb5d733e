import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { BenchFailure } from '../failure.ts'
import { commitOf, findProgram } from '../machine.ts'
import { nginxCommand, proxyConfig } from './nginx.ts'
import type { Options } from '../options.ts'

/** Where a server runs. */
export interface Place {
  readonly port: number
  readonly upstreamPort: number
  /** A folder of its own. */
  readonly folder: string
}

/** A server to measure: the commands and files that put it between the load and the upstream. */
export interface Peer {
  readonly name: string
  /** The program that it is, if that may be missing: it is then left out. */
  readonly program?: { readonly name: string; readonly debianPackage: string }
  /** The version, if it is not the one of the program. */
  readonly commit?: string | undefined
  readonly command: (place: Place) => readonly string[]
  /** Files to write into its folder before the start, by name. */
  readonly files?: (place: Place) => Readonly<Record<string, string>>
  readonly env?: (place: Place) => Readonly<Record<string, string>>
  /** Headers that its clients have to send. */
  readonly headers?: (place: Place) => Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '../../..')

/** The server that all others are compared with. */
export const bareRelay: Peer = {
  name: 'bare relay',
  command: ({ port, upstreamPort }) => [
    process.execPath,
    join(import.meta.dirname, 'relay.ts'),
    String(port),
    String(upstreamPort),
  ],
}

/** This checkout, the server that the benchmark is about. */
export const ours: Peer = hulumanage('hulumanage', root)

const nginx: Peer = {
  name: 'nginx',
  program: { name: 'nginx', debianPackage: 'nginx-light' },
  command: ({ folder }) => nginxCommand(findProgram('nginx') ?? 'nginx', folder),
  files: ({ port, upstreamPort }) => ({ 'nginx.conf': proxyConfig(port, upstreamPort) }),
}

/** A server that another one is measured against gets its entry here. */
const known: readonly Peer[] = [bareRelay, ours, nginx]

/** The servers that the options ask for, the bare relay first; those that are not installed are told to `tell`. */
export function selectPeers({ peers, also }: Options, tell: (text: string) => void): Peer[] {
  const all = [...known, ...also.map(otherCheckout)]
  const names = all.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new BenchFailure(`Two servers are called '${twice}': use --also NAME=DIR`)
  const unknown = peers.find(name => !names.includes(name))
  if (unknown !== undefined) throw new BenchFailure(`--peers knows ${names.join(', ')}, not '${unknown}'`)
  return all.filter(peer => {
    if (peers.length > 0 && peer !== bareRelay && !peers.includes(peer.name)) return false
    if (!peer.program || findProgram(peer.program.name)) return true
    tell(`${peer.name} is left out: apt-get install ${peer.program.debianPackage}`)
    return false
  })
}

function otherCheckout(text: string): Peer {
  const [, name, folder = text] = /^([^=/]+)=(.+)$/.exec(text) ?? []
  return hulumanage(name ?? basename(resolve(folder)), resolve(folder))
}

function hulumanage(name: string, checkout: string): Peer {
  const launcher = join(checkout, 'bin/hulumanage.js')
  if (!existsSync(launcher)) throw new BenchFailure(`${checkout} is not a checkout of hulumanage`)
  return {
    name,
    commit: commitOf(checkout),
    command: ({ port }) => [
      process.execPath,
      launcher,
      'serve',
      '--approach=proxy',
      `--config=${join(import.meta.dirname, 'hulumanage.yaml')}`,
      `--port=${port}`,
    ],
    // Its ledger ends with the run.
    env: ({ folder, upstreamPort }) => ({
      BENCH_UPSTREAM_PORT: String(upstreamPort),
      XDG_STATE_HOME: folder,
    }),
  }
}
