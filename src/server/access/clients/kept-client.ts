import { keptClient } from '../../../config/sections/clients.ts'
import type { NamedClient } from '../../../config/sections/clients.ts'
import type { StoredClient } from '../../../ledger/clients/stored-clients.ts'

/** A client that the database of the ledger keeps. */
export interface KeptClient {
  readonly client: NamedClient
  /** The key before the last rotation: its hash, and the Unix time in milliseconds until which it is accepted. */
  readonly previous: { readonly hash: string; readonly until: number } | undefined
  /** Unix times in milliseconds. */
  readonly createdAt: number
  readonly rotatedAt: number | undefined
}

/** Reads a client; undefined if its row is not one of this program: somebody else may have written it. */
export function readKeptClient(stored: StoredClient): KeptClient | undefined {
  const { name, hash, previous, previous_until: until } = stored
  const { success, data } = keptClient.safeParse({ ...fieldsOf(stored), name })
  if (!success || !/^[0-9a-f]{64}$/.test(hash)) return undefined
  return {
    client: { ...data, key: `sha256:${hash}` },
    previous: previous === null || until === null ? undefined : { hash: previous, until },
    createdAt: stored.created_at,
    rotatedAt: stored.rotated_at ?? undefined,
  }
}

function fieldsOf({ fields }: StoredClient): object {
  try {
    return JSON.parse(fields) as object
  } catch {
    return { fields }
  }
}
