import type { RecordedRun } from '../../../chain/request.ts'
import { roundedUsd } from '../../../chat/cost.ts'
import { callColumns, requestColumns } from '../../../ledger/columns.ts'
import type { CallRow, RequestRow, Value } from '../../../ledger/columns.ts'
import { clip } from '../../../text/clip.ts'
import { callRows } from './call-rows.ts'
import { criticalPath } from './critical-path.ts'
import type { RecordedWork, RequestEnd } from './request-end.ts'
import type { TextsOfCall } from './recorded-texts.ts'
import { sumOfTokens } from './tokens.ts'

/** Appends a request and its calls to `values`, in the order that the ledger reads, and the texts of calls to `texts`. */
export function encodeRecord(
  end: RequestEnd,
  work: RecordedWork,
  values: Value[],
  texts: TextsOfCall[] = [],
): void {
  const calls = callRows(work, end.startedAt, texts)
  const request = requestRow(end, work, calls)
  appendRow(request, requestColumns, values)
  values.push(calls.length)
  for (const call of calls) appendRow(call, callColumns, values)
}

/** Appends the columns of a row. By their index: an iterator would take more memory than the row. */
function appendRow<Column extends string>(
  row: Readonly<Record<Column, Value>>,
  columns: readonly Column[],
  values: Value[],
): void {
  for (let index = 0; index < columns.length; index++) values.push(row[columns[index]!])
}

function requestRow(end: RequestEnd, { runs }: RecordedWork, calls: readonly CallRow[]): RequestRow {
  const { id, at, ms, firstMs, route, status, code, client, asked, served, cache, cost } = end
  const [run] = runs
  const attempts = sum(runs, ({ meter }) => meter.attempts)
  const tokens = sumOfTokens(calls)
  const isPriced = attempts > 0 && cost.usd !== null
  // Not by spreading: an object that is written in one piece is made in a fraction of the time.
  return {
    id,
    at,
    ms,
    first_ms: firstMs,
    route,
    status,
    code,
    client,
    chain: nameOf(run?.chain),
    model: nameOf(run?.model ?? asked),
    served: nameOf(served),
    provider: run?.meter.provider ?? null,
    cache,
    calls: sum(runs, ({ meter }) => meter.calls),
    attempts,
    prompt: tokens.prompt,
    completion: tokens.completion,
    cached: tokens.cached,
    cache_write: tokens.cache_write,
    reasoning: tokens.reasoning,
    wasted: tokens.wasted,
    estimated: tokens.estimated,
    cost: isPriced ? rounded(cost.usd) : null,
    wasted_cost: isPriced ? rounded(cost.wasted_usd) : null,
    spent: run?.meter.spent ?? null,
    degraded: run?.meter.degraded ?? null,
    path_ms: criticalPath(calls),
    changed: run && !code ? changeOf(run) : null,
  }
}

/** 1 if the answer of an approach differs from its first draft; null if there is no draft, or nothing else. */
function changeOf({ drafts, meter }: RecordedRun): number | null {
  if (!drafts || (meter.calls < 2 && !drafts.first.isOneOfSeveral)) return null
  const differs = drafts.first.differsFrom(drafts.answer.answer)
  return differs === undefined ? null : Number(differs)
}

/** A cost for the ledger; null if it is unknown. */
function rounded(usd: number | null): number | null {
  return usd === null ? null : roundedUsd(usd)
}

/** A name that a client or a model chose, of a bounded length. */
function nameOf(name: string | null | undefined): string | null {
  return name === undefined || name === null || name === '' ? null : clip(name)
}

function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0)
}
