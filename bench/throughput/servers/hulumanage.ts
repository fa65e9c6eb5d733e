import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { BenchFailure } from '../failure.ts'
import { commitOf } from '../machine.ts'
import { oursName } from './names.ts'
import type { Peer, Place } from './peer.ts'

const root = join(import.meta.dirname, '../../..')
const byDefault = () => join(import.meta.dirname, 'hulumanage.yaml')

/** This checkout, the server that the benchmark is about, as it is by default: it keeps a ledger. */
export const ours: Peer = checkoutPeer(oursName, root)

/** This checkout with `ledger: false`. */
export const withoutLedger: Peer = checkoutPeer('without ledger', root, {
  config: () => join(import.meta.dirname, 'without-ledger.yaml'),
})

/** This checkout with so many workers; those of more than one have the cores of the load, too. */
export function oursWithWorkers(name: string, workers: number): Peer {
  return { ...checkoutPeer(name, root, { flags: [`--workers=${workers}`] }), workers }
}

/** This checkout with the text of a configuration of its own. */
export function oursWith(name: string, text: string): Peer {
  return {
    ...checkoutPeer(name, root, { config: ({ folder }) => join(folder, 'hulumanage.yaml') }),
    files: () => ({ 'hulumanage.yaml': text }),
  }
}

/** The server of another checkout: `DIR` or `NAME=DIR`. Throws a `BenchFailure` if the folder is not one. */
export function otherCheckout(text: string): Peer {
  const [, name, folder = text] = /^([^=/]+)=(.+)$/.exec(text) ?? []
  return checkoutPeer(name ?? basename(resolve(folder)), resolve(folder))
}

interface Setup {
  /** The file with the configuration. */
  readonly config?: (place: Place) => string
  readonly flags?: readonly string[]
}

function checkoutPeer(name: string, checkout: string, { config = byDefault, flags = [] }: Setup = {}): Peer {
  const launcher = join(checkout, 'bin/hulumanage.js')
  if (!existsSync(launcher)) throw new BenchFailure(`${checkout} is not a checkout of hulumanage`)
  return {
    name,
    hasApproaches: true,
    commit: commitOf(checkout),
    command: place => [
      process.execPath,
      launcher,
      'serve',
      '--approach=proxy',
      `--config=${config(place)}`,
      `--port=${place.port}`,
      ...flags,
    ],
    // Its ledger ends with the run.
    env: ({ folder, upstreamPort }) => ({
      BENCH_UPSTREAM_PORT: String(upstreamPort),
      XDG_STATE_HOME: folder,
    }),
  }
}
