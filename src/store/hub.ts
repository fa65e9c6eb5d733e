import type { Figures, ValueStore, WindowState } from './store.ts'

/** What the center of a shared store tells all of its members. `by` is the member who caused it. */
export type CenterEvent =
  /** A lease is free that somebody waits for, or somebody waits for one. */
  | { readonly kind: 'freed' | 'wanted'; readonly name: string; readonly by: string }
  | { readonly kind: 'posted'; readonly topic: string; readonly text: string; readonly by: string }

/** The state of what was held by a member who is back. */
export type Holdings = Readonly<Record<string, number>>

/**
 * Where members of a shared store keep what they have in common. Each call is atomic, and those of one member come in the
 * order they were made; each rejects where the center cannot be reached.
 */
export interface Center {
  readonly values: ValueStore
  /** Takes up to so many leases; tells how many. Whoever gets none stands in line, until it asks for 0. */
  takeLeases: (name: string, limit: number, amount: number) => Promise<number>
  giveLeases: (name: string, amount: number) => Promise<void>
  /** Uses so much of a minute's worth if it is there, and tells 0; if not, the milliseconds until it is. */
  draw: (name: string, size: number, amount: number) => Promise<number>
  /** Uses so much in any case; a negative amount is given back. */
  use: (name: string, size: number, amount: number) => Promise<void>
  count: (key: string, windowMs: number) => Promise<WindowState>
  post: (topic: string, text: string, ttlMs: number) => Promise<void>
  /** What others have posted and still stands. */
  posts: () => Promise<readonly (readonly [topic: string, text: string])[]>
  /** Another one when what was added before is lost. */
  epoch: () => Promise<string>
  /** Adds numbers to those of the same name, replaces texts. */
  add: (figures: Figures) => Promise<void>
  totals: () => Promise<Figures>
  /** Says that this member is there, and what it holds; who is not heard of for long loses it. */
  beat: (holdings: Holdings) => Promise<void>
  /** Gives back all that this member holds. */
  leave: () => Promise<void>
}

/** The way to a center, which may be cut and come back. */
export interface Link {
  readonly kind: string
  readonly center: Center
  /** Settles when the center was reached, or could not be, for the first time. */
  open: (listener: LinkListener) => Promise<void>
  close: () => Promise<void>
}

export interface LinkListener {
  /** The center can be reached, at first or again: brings it up to date. Rejects where that fails, and is called again later. */
  onUp: () => Promise<void>
  onDown: (reason: Error) => void
  onEvent: (event: CenterEvent) => void
}
