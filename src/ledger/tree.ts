import { parseJson } from '../text/json/parse.ts'
import type { CallRow, RequestRow, Value } from './columns.ts'

/**
 * The columns of a call in the order in which a row of a tree has their values. Kept trees are read by it: it never changes but for
 * columns that are added at its end. Of an only call, the row ends before `n`.
 */
const treeColumns = [
  'path',
  'start_ms',
  'first_ms',
  'ms',
  'provider',
  'model',
  'reason',
  'recovery',
  'status',
  'outcome',
  'discarded',
  'cost',
  'n',
  'parent',
  'kind',
  'prompt',
  'completion',
  'cached',
  'cache_write',
  'reasoning',
  'wasted',
  'estimated',
] as const satisfies readonly (keyof CallRow)[]

/** The columns of an only call that its request has, too. They are not written twice. */
const sharedColumns = [
  'prompt',
  'completion',
  'cached',
  'cache_write',
  'reasoning',
  'wasted',
  'estimated',
] as const
/** The columns of an only call that are always the same. */
const fixed = { n: 0, parent: null, kind: 'call' } as const

/** The sums of tokens of a request. */
type Sums = Pick<RequestRow, (typeof sharedColumns)[number]>

/** The calls under a request as text. */
export function treeOf(calls: readonly CallRow[], sums: Sums): string {
  const [only, another] = calls
  // Nearly all requests make one call: it is written out, as to look up each column costs more than the rest.
  if (only && !another && isAsItsRequest(only, sums)) {
    const {
      path,
      start_ms,
      first_ms,
      ms,
      provider,
      model,
      reason,
      recovery,
      status,
      outcome,
      discarded,
      cost,
    } = only
    return JSON.stringify([
      [path, start_ms, first_ms, ms, provider, model, reason, recovery, status, outcome, discarded, cost],
    ])
  }
  return JSON.stringify(calls.map(call => treeColumns.map(name => call[name])))
}

function isAsItsRequest(call: CallRow, sums: Sums): boolean {
  return (
    call.kind === fixed.kind && call.parent === null && sharedColumns.every(name => call[name] === sums[name])
  )
}

/** The values of a call in a tree, in the order of `treeColumns`. */
export type TreeRow = readonly Value[]

/** The places of columns in a row of a tree. */
export const inTree = Object.fromEntries(treeColumns.map((name, index) => [name, index])) as Readonly<
  Record<(typeof treeColumns)[number], number>
>

/** The rows of a tree. */
export function treeRows(tree: string): readonly TreeRow[] {
  return parseJson(tree) as TreeRow[]
}

/** Whether a row is that of an only call, which has no kind, and the tokens of its request. */
export function isOnlyCall(row: TreeRow): boolean {
  return (row[inTree.kind] ?? null) === null
}

/** The calls under a request, from the text that was stored with it. */
export function callsOf(tree: string, request: RequestRow): CallRow[] {
  return treeRows(tree).map(row => {
    const written = Object.fromEntries(treeColumns.map((name, index) => [name, row[index] ?? null]))
    if (!isOnlyCall(row)) return written as CallRow
    const shared = Object.fromEntries(sharedColumns.map(name => [name, request[name]]))
    return { ...written, ...fixed, ...shared } as CallRow
  })
}
