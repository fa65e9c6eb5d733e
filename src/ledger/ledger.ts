import type { ChangeOutcome, ClientChange, StoredClients } from './clients/stored-clients.ts'
import type { TextStore } from './texts/texts.ts'
import type { CallRow, RequestRow, Value } from './columns.ts'

/** A request that has ended. It is encoded at the end of the turn of the event loop, once its answer is sent. */
export interface Entry {
  /** Appends the values of the request, and its calls as the text that `treeOf` makes. */
  encode: (values: Value[]) => void
}

/** A record of every request and of the calls under it. */
export interface Ledger {
  /** Takes an entry. Never waits and never throws: an entry that cannot be kept is counted and dropped. */
  record: (entry: Entry) => void
  /** The newest requests that match. Rejects with `ledger_unavailable` if the ledger cannot be read. */
  requests: (query: RequestQuery) => Promise<RequestPage>
  /** The newest request with this id, and its calls; undefined if none is recorded. */
  request: (id: string) => Promise<RecordedRequest | undefined>
  /** Sums of requests, calls and tokens. */
  usage: (query: UsageQuery) => Promise<readonly UsageRow[]>
  /**
   * The named clients that its database keeps; undefined if their revision is still `known`, which is 0 if none were ever
   * kept. Rejects with `ledger_unavailable`.
   */
  clients: (known?: number) => Promise<StoredClients | undefined>
  /** Changes them, for all that share the database. Rejects with `ledger_unavailable`. */
  changeClients: (change: ClientChange) => Promise<ChangeOutcome>
  /** Entries that were written and dropped since it was opened. */
  readonly counts: LedgerCounts
  /** Writes the entries that are waiting, and closes. */
  close: () => Promise<void>
}

export interface LedgerCounts {
  readonly written: number
  readonly dropped: number
  /** Entries that are yet to be written: those of the last moments, or all since the database went away. */
  readonly waiting: number
  /** Whether the newest attempt to write has failed: entries are dropped or wait. */
  readonly isFailing: boolean
}

/** The ledger of the running configuration. */
export interface LedgerView {
  /** Undefined while it is switched off. */
  readonly value: Ledger | undefined
  /**
   * Entries since the start of this process, also those of ledgers that are closed; `waiting` and `isFailing` are about the
   * present one.
   */
  readonly counts: LedgerCounts
  /** The prompts and answers of requests; undefined while none may be kept. */
  readonly texts?: TextStore | undefined
  /** Requests since the start of this process whose texts could not be kept, or not all of them. */
  readonly textsDropped?: number
}

/** A ledger that closes with the server. */
export interface OpenLedger extends LedgerView {
  close: () => Promise<void>
}

/** The columns by which requests are found. */
export const filterColumns = ['client', 'chain', 'model', 'provider', 'code'] as const

/** A selection of requests. Times are Unix milliseconds; `until` itself is excluded. */
export interface RequestQuery {
  readonly equal: Readonly<Partial<Record<(typeof filterColumns)[number], string>>>
  readonly failed?: boolean | undefined
  readonly since?: number | undefined
  readonly until?: number | undefined
  /** Continues after this request of an earlier page. */
  readonly after?: Position | undefined
  readonly limit: number
}

/** The place of a request in the order of pages. */
export interface Position {
  readonly at: number
  readonly seq: number
}

/** Requests, newest first, and the position to continue after if there are more. */
export interface RequestPage {
  readonly rows: readonly RequestRow[]
  readonly next: Position | undefined
}

export interface RecordedRequest {
  readonly request: RequestRow
  readonly calls: readonly CallRow[]
}

/** The ways to group usage. */
export const usageGroups = ['day', 'hour', 'client', 'chain', 'provider', 'model'] as const
export type UsageGroup = (typeof usageGroups)[number]

export interface UsageQuery {
  readonly by: readonly UsageGroup[]
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/**
 * The sums that usage consists of. `answer_ms` and `path_ms` are the times of requests that did not fail, and of their critical
 * paths; `compared` are those whose answer could be compared with a first draft, and `changed` those that differ from it.
 */
export const usageSums = [
  'requests',
  'failed',
  'calls',
  'prompt',
  'completion',
  'cached',
  'cache_write',
  'reasoning',
  'wasted',
  'cost',
  'wasted_cost',
  'answer_ms',
  'path_ms',
  'compared',
  'changed',
] as const

/** Sums of one group. A cost is null if no price was known. Days and hours are in UTC. */
export type UsageRow = Readonly<Partial<Record<UsageGroup, string | null>>> &
  Readonly<Record<(typeof usageSums)[number], number | null>>
