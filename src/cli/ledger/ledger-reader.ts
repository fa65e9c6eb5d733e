import type { readUsage } from '../../server/ledger/show-usage.ts'
import type { showRequest } from '../../server/ledger/show-request.ts'

/** A request with the tree of its calls: the fields that are rendered. Others, as of a newer server, are only in `--json`. */
export type ShownRequest = Pick<Awaited<ReturnType<typeof showRequest>>, RenderedField>

type RenderedField =
  | ('id' | 'at' | 'ms' | 'status' | 'error' | 'chain' | 'model' | 'calls' | 'attempts')
  | ('tokens' | 'cost' | 'wasted_cost' | 'texts' | 'tree')
/** Sums, and the columns by which they are grouped. */
export type GroupedUsage = Awaited<ReturnType<typeof readUsage>>

/** The ledger of a running server, or of a configuration. */
export interface LedgerReader {
  /** Sums for the parameters `by`, `since` and `until`. Rejects with `invalid_value` for a wrong one. */
  readonly usage: (query: Readonly<Record<string, string>>) => Promise<GroupedUsage>
  /** A request by its `x-request-id`, with its texts if they are wanted, kept and may be read. */
  readonly request: (id: string, wantsTexts: boolean) => Promise<ShownRequest>
}
