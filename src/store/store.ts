/**
 * State that outlives a request and that servers may share, with a part for each kind of state. Questions on the hot
 * path are answered at once from what this server holds; `unknown` means that the shared state must be asked first.
 */
export interface Store {
  /** The beginning of the keys of values, apart from the cache, which has one of its own. */
  readonly namespace: string
  readonly values: ValueStore
  readonly windows: Windows
  readonly accounts: Accounts
  readonly notices: Notices
  readonly tallies: Tallies
  /** The leases that limit concurrent calls; the same object for the same name. */
  leases: (name: string) => Leases
  /**
   * The budget that limits calls or tokens in a minute; the same object for the same name. `settles`: whether what is used
   * of it is reserved, and settled later.
   */
  budget: (name: string, settles?: boolean) => Budget
  /** Calls `listener` whenever there may be room that there was not before. Returns an unsubscribe function. */
  onRoom: (listener: () => void) => () => void
  /** The kind of store, and whether it can be reached; for people. */
  report: () => StoreReport
  /** Gives back everything that is held. */
  close: () => Promise<void>
}

export interface StoreReport {
  readonly kind: string
  readonly ok: boolean
}

/**
 * Values that may be lost at any time, as in a cache: they expire, or are evicted. Keys are parts joined by `:`, so
 * that a prefix names everything that belongs together. Methods reject if the store cannot be reached; callers continue
 * without it.
 */
export interface ValueStore {
  /** Undefined if absent or expired. The bytes belong to the store: read them, never change them. */
  get: (key: string) => Promise<Uint8Array | undefined>
  /** Stores a copy for `ttlMs`, replacing an earlier value; a value larger than the whole store is dropped. */
  set: (key: string, value: Uint8Array, ttlMs: number) => Promise<void>
  delete: (keys: readonly string[]) => Promise<void>
  /** Deletes every value whose key begins with the prefix. */
  clear: (prefix: string) => Promise<void>
}

/** Whether one more call may start; `unknown` if the shared state must be asked first. */
export type Room = 'free' | 'full' | 'unknown'

/** Permissions for concurrent calls. All servers that share the store have a limit in common. */
export interface Leases {
  /** Whether one more call may start under `limit`. Changes nothing. */
  room: (limit: number) => Room
  /** Finds out if the room is unknown. Settles when it is known, and never rejects. */
  ask: (limit: number) => Promise<void>
  /** Counts a call that starts. Under a limit, only if the room is free. */
  take: () => void
  /** Counts a call that has ended. */
  give: () => void
}

/**
 * The allowance of a minute: whatever 60 seconds are looked at, no more than it is used in them. The caller passes the time
 * of a monotonic clock, in milliseconds.
 */
export interface Budget {
  /** Sets the allowance of a minute. What has been used remains used. */
  resize: (size: number) => void
  /**
   * Milliseconds until `amount` is available: 0 if it is now, undefined if unknown. If nothing is used, any amount is.
   */
  readyIn: (amount: number, now: number) => number | undefined
  /**
   * Milliseconds for which `amount` is known not to be available, even if every reservation is given back; 0 if nothing is
   * known.
   */
  leastWaitMs: (amount: number, now: number) => number
  /** The part of a minute's allowance that this server has left unused, from 0 to 1. */
  leftAt: (now: number) => number
  /** Finds out if the wait is unknown. Settles when it is known, and never rejects. */
  ask: (amount: number, now: number) => Promise<void>
  /** Uses `amount`, available or not, or reserves it if the budget settles. */
  use: (amount: number, now: number) => void
  /** Replaces an amount that was reserved at `since`, or as much of it as still counts, by the amount actually used. */
  settle: (amount: number, used: number, since: number, now: number) => void
}

/** Counts occurrences in windows of time. A window begins with its first occurrence. */
export interface Windows {
  /** Counts one occurrence; returns the count including it, and when the window ends. */
  count: (key: string, windowMs: number) => Promise<WindowState>
}

export interface WindowState {
  readonly count: number
  readonly endsInMs: number
}

/** Sums that last for a period, such as the tokens that a client has used this month. */
export interface Accounts {
  /**
   * Adds an amount, which may be negative, unless the sum has reached `limit` already. Resolves to the sum before, so that
   * the amount was added if that is below the limit. The sum is kept for `keptMs` after the last amount.
   */
  charge: (key: string, amount: number, limit: number, keptMs: number) => Promise<number>
}

/** A sum below this is that of an account that nothing was charged to. */
export const nearlyZero = 1e-12

/** The beginning of the keys of accounts that clients can make up; however many they are, no other account is forgotten. */
export const madeUpPrefix = 'session '

/** Announcements between servers: the latest one on each topic. */
export interface Notices {
  /** Sends a notice to the other servers, and to those that start within `ttlMs`. */
  post: (topic: string, text: string, ttlMs: number) => void
  /**
   * Receives what others post, beginning with the current notices. A text can be anything: its sender may run another
   * version.
   */
  subscribe: (listener: NoticeListener) => () => void
}

export type NoticeListener = (topic: string, text: string) => void

/** Figures by name. Numbers add up across servers; the latest text replaces earlier ones. */
export type Figures = Readonly<Record<string, number | string>>

/** Totals over all servers. */
export interface Tallies {
  /** Contributes what this server has counted since its start. */
  share: (counted: () => Figures) => void
  /** The totals of all servers. */
  totals: () => Promise<Figures>
}
