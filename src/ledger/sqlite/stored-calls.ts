import { callColumns } from '../columns.ts'
import type { CallRow, Value } from '../columns.ts'

/**
 * The column with the calls under a request. They are only ever read with it, and one value costs a fraction of what rows of a
 * table of their own do.
 */
export const callsColumn = 'call_rows'

/** The calls of a request, the values of each in the order of `callColumns`, as their column has them. */
export function storedCalls(calls: readonly (readonly Value[])[]): string | null {
  return calls.length === 0 ? null : JSON.stringify(calls)
}

/** The calls in a value of the column. */
export function callsOf(stored: unknown): CallRow[] {
  if (typeof stored !== 'string') return []
  return (JSON.parse(stored) as Value[][]).map(
    // Columns that were added later are missing at the end.
    values => Object.fromEntries(callColumns.map((name, index) => [name, values[index] ?? null])) as CallRow,
  )
}
