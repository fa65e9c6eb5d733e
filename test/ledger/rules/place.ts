import type { Test } from 'tap'
import type { Ledger } from '../../../src/ledger/ledger.ts'

/** A place where ledgers can be: those that are opened there share what they keep, as servers do. */
export interface Place {
  /** Opens a ledger that closes with the test; `lines` are those that it logs. */
  open: () => { readonly ledger: Ledger; readonly lines: readonly Record<string, unknown>[] }
}

/** A new, empty place for a test. */
export type NewPlace = (t: Test) => Promise<Place>
