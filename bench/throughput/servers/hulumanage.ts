import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { BenchFailure } from '../failure.ts'
import { commitOf } from '../machine.ts'
import type { Peer } from './peer.ts'

const root = join(import.meta.dirname, '../../..')

/** This checkout, the server that the benchmark is about, as it is by default: it keeps a ledger. */
export const ours: Peer = checkoutPeer('hulumanage', root)

/** This checkout with `ledger: false`. */
export const withoutLedger: Peer = checkoutPeer('without ledger', root, 'without-ledger.yaml')

/** The server of another checkout: `DIR` or `NAME=DIR`. Throws a `BenchFailure` if the folder is not one. */
export function otherCheckout(text: string): Peer {
  const [, name, folder = text] = /^([^=/]+)=(.+)$/.exec(text) ?? []
  return checkoutPeer(name ?? basename(resolve(folder)), resolve(folder))
}

function checkoutPeer(name: string, checkout: string, config = 'hulumanage.yaml'): Peer {
  const launcher = join(checkout, 'bin/hulumanage.js')
  if (!existsSync(launcher)) throw new BenchFailure(`${checkout} is not a checkout of hulumanage`)
  return {
    name,
    hasApproaches: true,
    commit: commitOf(checkout),
    command: ({ port }) => [
      process.execPath,
      launcher,
      'serve',
      '--approach=proxy',
      `--config=${join(import.meta.dirname, config)}`,
      `--port=${port}`,
    ],
    // Its ledger ends with the run.
    env: ({ folder, upstreamPort }) => ({
      BENCH_UPSTREAM_PORT: String(upstreamPort),
      XDG_STATE_HOME: folder,
    }),
  }
}
