import type { Config } from '../../../config/schema.ts'
import { previousEndOf } from '../../../config/sections/clients.ts'
import type { NamedClient } from '../../../config/sections/clients.ts'

type SecretField = 'key' | 'previous_key'

/** A client as it is shown to operators: without its keys and the hashes of them. Times are in ISO 8601. */
export interface ShownClient extends Omit<NamedClient, SecretField | 'previous_until'> {
  readonly source: 'configuration' | 'ledger'
  readonly created?: string | undefined
  readonly rotated?: string | undefined
  /** Until when the key before the present one is accepted. */
  readonly previous_until?: string | undefined
}

interface Kept {
  readonly client: Omit<NamedClient, SecretField>
  readonly previous?: { readonly until: number } | undefined
  readonly createdAt: number
  readonly rotatedAt?: number | undefined
}

/** Those of the configuration, then those of the ledger. */
export function shownClients({ clients }: Config, kept: readonly Kept[]): readonly ShownClient[] {
  return [...clients.map(shownConfigured), ...kept.map(shownKept)]
}

/** A client of the configuration. */
function shownConfigured(client: NamedClient): ShownClient {
  return { ...withoutKey(client), source: 'configuration', ...shownEnd(previousEndOf(client)) }
}

/** A client of the ledger. */
export function shownKept({ client, previous, createdAt, rotatedAt }: Kept): ShownClient {
  return {
    ...withoutKey(client),
    source: 'ledger',
    created: isoOf(createdAt),
    ...(rotatedAt !== undefined && { rotated: isoOf(rotatedAt) }),
    ...(previous && shownEnd(previous.until)),
  }
}

function shownEnd(until: number): Pick<ShownClient, 'previous_until'> {
  return until > Date.now() && until < Infinity ? { previous_until: isoOf(until) } : {}
}

/** Field by field, so that a field that is added is not shown by accident. */
function withoutKey({
  name,
  role,
  models,
  chains,
  rate_limit,
  budget,
  expires,
}: Omit<NamedClient, SecretField>) {
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
