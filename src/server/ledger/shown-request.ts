import type { CallRow, RequestRow, Value } from '../../ledger/columns.ts'
import type { TextPart } from '../../text/text-part.ts'

/** A request as `GET /requests` shows it. */
export function shownRequest(row: RequestRow) {
  const { id, at, ms, first_ms, route, status, code, client, chain, model, served, provider } = row
  const { cache, calls, attempts, cost, wasted_cost, spent, degraded } = row
  return {
    id,
    at: new Date(Number(at)).toISOString(),
    ms,
    first_ms,
    route,
    status,
    error: code,
    client,
    chain,
    model,
    served,
    provider,
    cache,
    calls,
    attempts,
    tokens: shownTokens(row),
    cost,
    wasted_cost,
    spent,
    degraded,
  }
}

/** The tokens of a row; null if none are known. */
export function shownTokens(row: Pick<CallRow, keyof ReturnType<typeof tokens> | 'estimated'>) {
  if (row.prompt === null) return null
  return { ...tokens(row), ...(row.estimated === null ? {} : { estimated: true }) }
}

function tokens(
  row: Pick<CallRow, 'prompt' | 'completion' | 'cached' | 'cache_write' | 'reasoning' | 'wasted'>,
) {
  const { prompt, completion, cached, cache_write, reasoning, wasted } = row
  return { prompt, completion, cached, cache_write, reasoning, wasted }
}

/** A prompt and its answer. */
export interface ShownTexts {
  readonly prompt: readonly TextPart[]
  readonly answer: readonly TextPart[]
}

/** A call in the tree of a request. What does not apply to it is left out. */
export interface ShownCall {
  readonly path: Value
  readonly start_ms: Value
  readonly ms: Value
  readonly outcome: Value
  readonly provider?: Value
  readonly model?: Value
  /** Why its answer is not used. */
  readonly discarded?: Value
  readonly tokens?: ReturnType<typeof shownTokens>
  readonly cost?: Value
  /** The prompt and the answer, if they are kept. */
  readonly texts?: ShownTexts
  /** The attempts at providers, if the first one did not answer. */
  readonly attempts?: readonly ShownCall[]
  readonly calls?: readonly ShownCall[]
}

/** The calls of a request as a tree. `textsOf`: the texts of a call by its number, if they are kept. */
export function callTree(
  rows: readonly CallRow[],
  textsOf: (n: Value) => ShownTexts | undefined = () => undefined,
): ShownCall[] {
  const children = Map.groupBy(rows, ({ parent }) => parent)
  const shown = (row: CallRow): ShownCall => {
    const below = children.get(row.n) ?? []
    const under = below.length === 0 ? {} : { [row.kind === 'step' ? 'calls' : 'attempts']: below.map(shown) }
    const texts = textsOf(row.n)
    return { ...shownCall(row), ...(texts && { texts }), ...under }
  }
  return (children.get(null) ?? []).map(shown)
}

function shownCall(row: CallRow): ShownCall {
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
  } = row
  const facts = {
    provider,
    model,
    reason,
    recovery,
    status,
    first_ms,
    discarded,
    tokens: shownTokens(row),
    cost,
  }
  const known = Object.entries(facts).filter(([, value]) => value !== null)
  return { path, start_ms, ms, outcome, ...Object.fromEntries(known) }
}
