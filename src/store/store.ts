/** State that outlives a request, and that instances of the server may share. A part for each kind of it. */
export interface Store {
  readonly values: ValueStore
}

/**
 * Values that may be lost at any time, as in a cache: each until its time is over or its room is needed. Keys are parts
 * joined by `:`, so that a prefix names all that belongs together. Rejects where the store cannot be reached; a caller
 * goes on without.
 */
export interface ValueStore {
  /** Undefined where there is none, or none any more. The bytes are the store's: read, never changed. */
  get: (key: string) => Promise<Uint8Array | undefined>
  /** Keeps a copy, in place of an earlier one, for so many milliseconds; drops it where it is larger than all the room. */
  set: (key: string, value: Uint8Array, ttlMs: number) => Promise<void>
  delete: (key: string) => Promise<void>
  /** Deletes every value whose key starts with the prefix. */
  clear: (prefix: string) => Promise<void>
}
