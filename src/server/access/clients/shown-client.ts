import type { Config } from '../../../config/schema.ts'
import type { NamedClient } from '../../../config/sections/clients.ts'

/** A client as it is shown to operators: without its key and the hash of it. Times are in ISO 8601. */
export interface ShownClient extends Omit<NamedClient, 'key'> {
  readonly source: 'configuration' | 'ledger'
  readonly created?: string | undefined
  readonly rotated?: string | undefined
  /** Until when the key before the last rotation is accepted. */
  readonly previous_until?: string | undefined
}

interface Kept {
  readonly client: Omit<NamedClient, 'key'>
  readonly previous?: { readonly until: number } | undefined
  readonly createdAt: number
  readonly rotatedAt?: number | undefined
}

/** Those of the configuration, then those of the ledger. */
export function shownClients({ clients }: Config, kept: readonly Kept[]): readonly ShownClient[] {
  const configured = clients.map(client => ({ ...withoutKey(client), source: 'configuration' as const }))
  return [...configured, ...kept.map(shownKept)]
}

/** A client of the ledger. */
export function shownKept({ client, previous, createdAt, rotatedAt }: Kept): ShownClient {
  return {
    ...withoutKey(client),
    source: 'ledger',
    created: isoOf(createdAt),
    ...(rotatedAt !== undefined && { rotated: isoOf(rotatedAt) }),
    ...(previous && previous.until > Date.now() && { previous_until: isoOf(previous.until) }),
  }
}

/** Field by field, so that a field that is added is not shown by accident. */
function withoutKey({ name, role, models, chains, rate_limit, budget, expires }: Omit<NamedClient, 'key'>) {
  return {
    name,
    role,
    ...(models && { models }),
    ...(chains && { chains }),
    ...(rate_limit && { rate_limit }),
    ...(budget && { budget }),
    ...(expires !== undefined && { expires }),
  }
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}
