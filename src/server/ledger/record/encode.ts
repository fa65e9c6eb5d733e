import type { RecordedRun } from '../../../chain/request.ts'
import { roundedUsd } from '../../../chat/cost.ts'
import type { Value } from '../../../ledger/columns.ts'
import { treeOf } from '../../../ledger/tree.ts'
import { clip } from '../../../text/clip.ts'
import { callRows } from './call-rows.ts'
import { criticalPath } from './critical-path.ts'
import type { RecordedWork, RequestEnd } from './request-end.ts'
import type { TextsOfCall } from './recorded-texts.ts'
import { sumOfTokens } from './tokens.ts'

/** Appends a request with its calls to `values`, in the order of `entryColumns`, and the texts of calls to `texts`. */
export function encodeRecord(
  end: RequestEnd,
  work: RecordedWork,
  values: Value[],
  texts: TextsOfCall[] = [],
): void {
  const { id, at, ms, firstMs, route, status, code, client, asked, served, cache, cost } = end
  const { runs } = work
  const calls = callRows(work, end.startedAt, texts)
  const [run] = runs
  const attempts = sum(runs, ({ meter }) => meter.attempts)
  const tokens = sumOfTokens(calls)
  const isPriced = attempts > 0 && cost.usd !== null
  // Not by the names of columns: to look up each in an object takes several times as long.
  values.push(
    id,
    at,
    ms,
    firstMs,
    route,
    status,
    code,
    client,
    nameOf(run?.chain),
    nameOf(run?.model ?? asked),
    nameOf(served),
    run?.meter.provider ?? null,
    cache,
    sum(runs, ({ meter }) => meter.calls),
    attempts,
    tokens.prompt,
    tokens.completion,
    tokens.cached,
    tokens.cache_write,
    tokens.reasoning,
    tokens.wasted,
    tokens.estimated,
    isPriced ? rounded(cost.usd) : null,
    isPriced ? rounded(cost.wasted_usd) : null,
    run?.meter.spent ?? null,
    run?.meter.degraded ?? null,
    criticalPath(calls),
    run && !code ? changeOf(run) : null,
    treeOf(calls, tokens),
  )
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
