import { join } from 'node:path'
import { BenchFailure } from '../failure.ts'
import type { Options } from '../options.ts'
import { haproxy, nginx, portkey } from './gateways.ts'
import { otherCheckout, ours, withoutLedger } from './hulumanage.ts'
import { baselineName } from './names.ts'
import type { Peer } from './peer.ts'

/** The server that all others are compared with. */
export const bareRelay: Peer = {
  name: baselineName,
  command: ({ port, upstreamPort }) => [
    process.execPath,
    join(import.meta.dirname, 'relay.ts'),
    String(port),
    String(upstreamPort),
  ],
}

/** A server that another one is measured against gets its entry here. */
const known: readonly Peer[] = [bareRelay, ours, withoutLedger, nginx, haproxy, portkey]

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
    const remedy = peer.missing?.()
    if (remedy === undefined) return true
    tell(`${peer.name} is left out: ${remedy}`)
    return false
  })
}
