/**
 * State that outlives a request, and that instances of the server may share: a part for each kind of it. What is asked for
 * every call is answered at once from what this instance holds; `unknown` says that the others must be asked first.
 */
export interface Store {
  readonly values: ValueStore
  readonly windows: Windows
  readonly notices: Notices
  readonly tallies: Tallies
  /** What the calls to run at one time are counted in; the same for the same name. */
  leases: (name: string) => Leases
  /** What a minute allows, in calls or in tokens; the same for the same name. */
  budget: (name: string) => Budget
  /** Calls back whenever there may be room that there was not before. Returns the way to stop. */
  onRoom: (listener: () => void) => () => void
  /** Where the state is, and whether that can be reached; for people. */
  report: () => StoreReport
  /** Gives back all that is held. */
  close: () => Promise<void>
}

export interface StoreReport {
  readonly kind: string
  readonly ok: boolean
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
  /** Deletes every value whose key starts with the prefix. */
  clear: (prefix: string) => Promise<void>
}

export type Room = 'free' | 'full' | 'unknown'

/** The right to run calls at one time, of which all who share the store have so many together. */
export interface Leases {
  /** Whether one more may begin where `limit` may run at one time. Changes nothing. */
  room: (limit: number) => Room
  /** Finds out where it is unknown; settles, and never rejects, when it is known. */
  ask: (limit: number) => Promise<void>
  /** One more runs. Where there is a limit, only when the room is free. */
  take: () => void
  /** One that ran has ended. */
  give: () => void
}

/**
 * What may be used in a minute: a bucket that is full at first and refills steadily. All times are of a monotonic clock,
 * given by the caller, in milliseconds.
 */
export interface Budget {
  /** Sets what a minute allows; what has been used stays used. */
  resize: (size: number, now: number) => void
  /** Milliseconds until so much may be used; 0: now; undefined: unknown. More than the bucket holds is allowed when it is full. */
  readyIn: (amount: number, now: number) => number | undefined
  /** Finds out where it is unknown; settles, and never rejects, when it is known. */
  ask: (amount: number, now: number) => Promise<void>
  /** Uses so much, even where it is not there; a negative amount is given back. */
  use: (amount: number, now: number) => void
}

/** How often something came in a window of time that starts with the first. */
export interface Windows {
  /** Counts one more, and tells how many that makes and when the window ends. */
  count: (key: string, windowMs: number) => Promise<WindowState>
}

export interface WindowState {
  readonly count: number
  readonly endsInMs: number
}

/** What an instance tells the others: the newest word on each topic. */
export interface Notices {
  /** Tells those who are there, and those who come within `ttlMs`. */
  post: (topic: string, text: string, ttlMs: number) => void
  /** Hears what others post, and at first what they have posted. The text may be anything: it may be of another version. */
  subscribe: (listener: NoticeListener) => () => void
}

export type NoticeListener = (topic: string, text: string) => void

/** Figures by name. Numbers add up over all who count; of texts the last one stands. */
export type Figures = Readonly<Record<string, number | string>>

/** Figures that instances have in common. */
export interface Tallies {
  /** Takes part with what this instance has counted since its start. */
  share: (counted: () => Figures) => void
  /** What all have counted. */
  totals: () => Promise<Figures>
}
