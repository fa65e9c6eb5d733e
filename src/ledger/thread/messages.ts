import type { Value } from '../columns.ts'
import type { Retention } from '../retention.ts'
import type { Answer } from './questions.ts'

/** The parts of the configuration that the thread of a ledger needs. */
export interface ThreadSettings {
  readonly path: string
  readonly retention: Retention
}

/** A message to the thread. A batch without entries asks whether they could be written. */
export type ToThread =
  | { readonly kind: 'write'; readonly values: readonly Value[]; readonly count: number }
  | { readonly kind: 'ask'; readonly id: number; readonly method: Method; readonly query: unknown }
  | { readonly kind: 'retention'; readonly retention: Retention }
  | { readonly kind: 'close' }

/** The outcome of a batch. An `error` is the reason in words. */
export interface Written {
  readonly kind: 'written'
  readonly count: number
  readonly error?: string
}

/** A message of the thread. */
export type FromThread = Written | Answer

/** The questions that a ledger answers. */
export type Method = 'requests' | 'request' | 'usage' | 'clients' | 'changeClients'
