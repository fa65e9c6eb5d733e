import type { EndedAttempt } from '../../../chain/accounting/trace.ts'
import type { Outcome, RecordedRun } from '../../../chain/request.ts'
import type { ErrorCode, RequestCost } from '../../../contract/index.ts'

/** An exchange that has ended, as far as the ledger is concerned. */
export interface EndedExchange {
  readonly id: string
  readonly startedAt: number
  readonly answeredAt: number
  readonly route: string
  readonly status: number
  readonly failure: ErrorCode | undefined
  readonly tenant: string | undefined
  /** The client, if the configuration names it. */
  readonly named: { readonly name: string } | undefined
  readonly model: string | undefined
  readonly outcome: Outcome | undefined
  readonly cost: RequestCost
}

/** The facts about a request at its end. */
export interface RequestEnd {
  readonly id: string
  /** Unix time of its start in milliseconds. */
  readonly at: number
  /** The same on the clock of `performance.now()`. */
  readonly startedAt: number
  readonly ms: number
  readonly firstMs: number | null
  readonly route: string
  readonly status: number
  readonly code: string | null
  readonly client: string | null
  /** The model that the client named. */
  readonly asked: string | null
  /** The model that answered, as the provider named it. */
  readonly served: string | null
  readonly cache: string | null
  readonly cost: RequestCost
}

/** The parts of a record that its calls are known from. */
export interface RecordedWork {
  readonly runs: readonly RecordedRun[]
  readonly attempts: readonly EndedAttempt[]
}
