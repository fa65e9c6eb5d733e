/** A named client that the database of the ledger keeps. It has the hash of its key, never the key. */
export interface StoredClient {
  readonly name: string
  /** Its fields in `clients` of the configuration except `name` and `key`, as JSON. */
  readonly fields: string
  /** SHA-256 of its key, 64 hexadecimal digits. */
  readonly hash: string
  /** That of the key before the last rotation, and the Unix time in milliseconds until which it is accepted. */
  readonly previous: string | null
  readonly previous_until: number | null
  /** Unix times in milliseconds. */
  readonly created_at: number
  readonly rotated_at: number | null
}

/** All clients that are kept. The revision differs after each change. */
export interface StoredClients {
  readonly revision: number
  readonly clients: readonly StoredClient[]
}

/** A client to add. `role` and `ends_at`, the Unix time in milliseconds from which its key is refused, repeat its fields. */
export interface AddedClient extends Pick<StoredClient, 'name' | 'fields' | 'hash'> {
  readonly role: string
  readonly ends_at: number | null
}

/** A change of the clients that are kept, at the Unix time `at` in milliseconds. */
export type ClientChange =
  | { readonly kind: 'add'; readonly at: number; readonly client: AddedClient }
  | ({
      readonly kind: 'rotate'
      readonly at: number
      /** The hash of the key that is replaced: the fields were read with it. */
      readonly replaced: string
      /** Until then, the present key is accepted as well; `at` for no longer. */
      readonly graceUntil: number
    } & Pick<AddedClient, 'name' | 'hash' | 'fields' | 'ends_at'>)
  | {
      readonly kind: 'revoke'
      readonly at: number
      readonly name: string
      /** Whether another operator must be left whose key is accepted. */
      readonly keepsOperator: boolean
    }

/** The outcome of a change; only `done` has changed anything. `changed`: another change came before. */
export type ChangeOutcome = 'done' | 'taken' | 'unknown' | 'changed' | 'last_operator' | 'full'

/** Maximum clients that are kept. */
export const maxStoredClients = 10_000
