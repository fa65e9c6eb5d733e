import { hash } from 'node:crypto'
import type { Config } from '../../../config/schema.ts'
import { digestOfKey, endOf, previousEndOf } from '../../../config/sections/clients.ts'
import type { NamedClient } from '../../../config/sections/clients.ts'
import type { KeptClient } from './kept-client.ts'

/** A key that clients may present. */
export interface KnownKey {
  /** One text for each plain key, and for each named client, whatever its key. */
  readonly tenant: string
  readonly client?: NamedClient
  readonly role: NamedClient['role'] | undefined
  /** Unix time in milliseconds from which the key is refused. */
  readonly endsAt: number
  /** Whether the client has got a newer key. */
  readonly isReplaced?: boolean
}

/** The keys that are accepted, by the hexadecimal SHA-256 of each. */
export type KnownKeys = ReadonlyMap<string, KnownKey>

/**
 * The keys of a configuration and of the clients kept in the ledger. If a named client has one of `api_keys`, the name
 * counts; the configuration counts before the ledger. Plain keys are for everything until a client is named as the
 * operator: from then on, they belong to users like others.
 */
export function knownKeysOf({ api_keys: plain, clients }: Config, kept: readonly KeptClient[]): KnownKeys {
  const known = new Map<string, KnownKey>()
  const own = kept.filter(({ client: { name } }) => !clients.some(client => client.name === name))
  for (const { client, previous } of own) {
    if (previous) known.set(previous.hash, { ...keyOf(client, previous.until), isReplaced: true })
    known.set(digest(client.key), keyOf(client))
  }
  const hasOperator = [...clients, ...own.map(({ client }) => client)].some(({ role }) => role === 'operator')
  for (const key of plain) {
    const tenant = hash('sha256', key)
    known.set(tenant, { tenant, role: hasOperator ? 'user' : undefined, endsAt: Infinity })
  }
  for (const client of clients) {
    const { key, previous_key: previous } = client
    if (previous !== undefined)
      known.set(digest(previous), { ...keyOf(client, previousEndOf(client)), isReplaced: true })
    known.set(digest(key), keyOf(client))
  }
  return known
}

function keyOf(client: NamedClient, until = Infinity): KnownKey {
  return {
    tenant: `client:${client.name}`,
    client,
    role: client.role,
    endsAt: Math.min(endOf(client), until),
  }
}

function digest(key: string): string {
  return digestOfKey(key).toString('hex')
}
