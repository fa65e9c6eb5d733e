import type { ClientLimit } from '../../config/sections/clients/client-limit.ts'
import type { WithKey } from '../../server/access/clients/client-keeper.ts'
import type { ShownClient } from '../../server/access/clients/shown-client.ts'
import { clip } from '../../text/clip.ts'
import { tableLines } from '../output/table.ts'

/** Characters of a cell of the table. */
const maxCell = 200

/** A client with its new key, for people. */
export function renderKey({ key, client: { name, previous_until: until } }: WithKey): string {
  const before = until === undefined ? '' : `\nThe key before it is accepted until ${until}.\n`
  return `The key of ${name}, which is shown only now:\n\n  ${key}\n${before}`
}

/** All clients as a table, for people. */
export function renderClients(clients: readonly ShownClient[]): string {
  if (clients.length === 0) return 'Neither the configuration nor the ledger has a client.\n'
  const head = ['name', 'role', 'source', 'created', 'expires', 'models', 'chains', 'budget', 'rate limit']
  const body = clients.map(({ name, role, source, created, expires, models, chains, budget, rate_limit }) => [
    name,
    role,
    source,
    created?.slice(0, 10) ?? '-',
    expires ?? '-',
    models?.join(',') ?? 'any',
    chains?.join(',') ?? 'any',
    pairs(budget),
    pairs(rate_limit && rateOf(rate_limit)),
  ])
  // Names of models and chains may hold anything.
  const rows = [head, ...body].map(row => row.map(cell => clip(cell, maxCell)))
  return `${tableLines(rows).join('\n')}\n`
}

/** As `--rate-limit` takes it. */
function rateOf({ endpoints = {}, ...common }: ClientLimit): object {
  const own = Object.entries(endpoints).map(([path, limit]) => [
    `/${path}`,
    typeof limit === 'number' ? limit : `${limit.requests}/${limit.window ?? common.window}s`,
  ])
  return { ...common, ...Object.fromEntries(own) }
}

function pairs(fields: object | undefined): string {
  if (!fields) return '-'
  const filled = Object.entries(fields).filter(([, value]) => value !== undefined)
  return filled.map(([name, value]) => `${name}=${String(value)}`).join(',')
}
