import type { Figures, ValueStore, WindowState } from './store.ts'

/** Milliseconds between the heartbeats of a peer. What is remembered of peers that may have ended depends on it. */
export const heartbeatMs = 2_000

/** An event that the hub sends to its peers, except to `by`, the peer that caused it. */
export type HubEvent =
  /** A lease that a peer waits for is free, or a peer has begun to wait for one. */
  | { readonly kind: 'freed' | 'wanted'; readonly name: string; readonly by: string }
  | { readonly kind: 'posted'; readonly topic: string; readonly text: string; readonly by: string }

/** When an amount that is not available will be. */
export interface Shortage {
  /** Milliseconds until it is available if every reservation is used. */
  readonly waitMs: number
  /** Milliseconds until it is available if every reservation is returned now. */
  readonly leastWaitMs: number
}

/** Leases held by a peer, by name. */
export type Holdings = Readonly<Record<string, number>>

/**
 * The state that the peers of a shared store have in common, as one peer sees it. Each call is atomic, and the
 * calls of a peer run in order. A call rejects if the hub cannot be reached.
 */
export interface Hub {
  readonly values: ValueStore
  /** Takes up to `amount` leases; returns how many. A peer that gets none joins the queue, until it asks for 0. */
  takeLeases: (name: string, limit: number, amount: number) => Promise<number>
  giveLeases: (name: string, amount: number) => Promise<void>
  /**
   * Uses `amount` of a minute's allowance, or reserves it if it is to be settled, and returns undefined; if it is not
   * available, returns when it will be.
   */
  draw: (name: string, size: number, amount: number, settles: boolean) => Promise<Shortage | undefined>
  /** Uses `amount` of a minute's allowance, whether it is available or not. `reserved`: the part that is yet to be settled. */
  use: (name: string, amount: number, reserved: number) => Promise<void>
  /** As `Budget.settle`, for an amount that was used or reserved up to `ageMs` ago. */
  settle: (name: string, amount: number, used: number, ageMs: number) => Promise<void>
  count: (key: string, windowMs: number) => Promise<WindowState>
  /** As `Accounts.charge`. */
  charge: (key: string, amount: number, limit: number, keptMs: number) => Promise<number>
  post: (topic: string, text: string, ttlMs: number) => Promise<void>
  /** The notices of other peers that have not expired. */
  notices: () => Promise<readonly (readonly [topic: string, text: string])[]>
  /** Identifies the current totals: changes if they are lost. */
  epoch: () => Promise<string>
  /** Adds numbers to the totals of the same name, and replaces texts. */
  add: (figures: Figures) => Promise<void>
  totals: () => Promise<Figures>
  /** Reports that this peer is alive, and its leases. A peer that stays silent loses them. */
  heartbeat: (holdings: Holdings) => Promise<void>
  /** Gives back all leases of this peer. */
  leave: () => Promise<void>
}

/** A connection to a hub, which may break and recover. */
export interface HubConnection {
  readonly kind: string
  readonly hub: Hub
  /** Settles once the first attempt to reach the hub has succeeded or failed. */
  open: (listener: HubListener) => Promise<void>
  close: () => Promise<void>
}

export interface HubListener {
  /**
   * Brings the hub up to date: it has been reached, for the first time or again. If this rejects, it is called again
   * later.
   */
  onUp: () => Promise<void>
  onDown: (reason: Error) => void
  onEvent: (event: HubEvent) => void
}
