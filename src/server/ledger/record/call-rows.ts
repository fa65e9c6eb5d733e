import type { CallFacts, EndedAttempt } from '../../../chain/accounting/trace.ts'
import { roundedUsd } from '../../../chat/cost.ts'
import type { AttemptReport, Usage } from '../../../contract/index.ts'
import type { CallRow, Value } from '../../../ledger/columns.ts'
import { clip } from '../../../text/clip.ts'
import { unwrap } from './layers.ts'
import type { RecordedWork } from './request-end.ts'
import type { TextsOfCall } from './recorded-texts.ts'
import { allUsed, shapeOfAttempts, shapeOfCall } from './shape.ts'
import type { Shape, Unused } from './shape.ts'
import { tokensOf } from './tokens.ts'

/** Characters of a path that are kept: nested spans make long ones. */
const maxPath = 300

/**
 * The rows of the calls under a request that started at `origin`, on the clock of `performance.now()`. Texts that are kept
 * are added to `texts`.
 */
export function callRows(
  { runs, attempts }: RecordedWork,
  origin: number,
  texts: TextsOfCall[] = [],
): CallRow[] {
  const rows = new CallRows(origin, texts)
  const traces = runs.flatMap(({ trace }) => trace?.facts().calls ?? [])
  for (const call of traces) rows.addCall(unwrap(call), null, allUsed)
  // A plain run has no trace: its only call is known from the attempts at it.
  const isPlain = runs.every(({ trace }) => trace === undefined)
  if (isPlain && attempts.length > 0) rows.addPlain(attempts, runs.length)
  return rows.rows
}

class CallRows {
  readonly rows: CallRow[] = []
  readonly #origin: number
  readonly #texts: TextsOfCall[]

  constructor(origin: number, texts: TextsOfCall[]) {
    this.#origin = origin
    this.#texts = texts
  }

  /** Adds the attempts of plain runs: of a single run, they are attempts at the same call. */
  addPlain(attempts: readonly EndedAttempt[], runs: number): void {
    const calls = runs > 1 ? attempts.map(attempt => [attempt]) : [attempts]
    for (const ofCall of calls) this.#addModelCall(shapeOfAttempts(ofCall), ofCall, null)
  }

  /** Adds a call and those that were made for it. `above`: the part of the answer above that is not used. */
  addCall(facts: CallFacts, parent: number | null, above: Unused): void {
    const shape = shapeOfCall(facts, above)
    if (facts.texts) this.#texts.push({ n: this.rows.length, texts: facts.texts })
    if (facts.calls.length === 0) return this.#addModelCall(shape, facts.attempts, parent, facts.done?.usage)
    const n = this.#add('step', shape, parent, undefined)
    for (const call of facts.calls) this.addCall(unwrap(call), n, shape.unused)
  }

  #addModelCall(shape: Shape, attempts: readonly EndedAttempt[], parent: number | null, usage?: Usage): void {
    const [first, ...others] = attempts
    if (others.length === 0) {
      this.#add('call', shape, parent, first?.report, first?.report.usage ?? (first && usage))
      return
    }
    const n = this.#add('call', shape, parent, undefined)
    for (const attempt of attempts) {
      const { report } = attempt
      this.#add('attempt', shapeOfAttempts([attempt], shape.unused), n, report, report.usage)
    }
  }

  /** Adds a row; returns its number. */
  #add(
    kind: string,
    { path, startedAt, endedAt, outcome, unused }: Shape,
    parent: number | null,
    report: AttemptReport | undefined,
    usage?: Usage,
  ): number {
    const n = this.rows.length
    const { first_ms, provider, model, reason, recovery, status } = providerColumns(report)
    const tokens = tokensOf(usage, outcome === 'ok' ? unused.share : 1)
    // Not by spreading: an object that is written in one piece is made in a fraction of the time.
    this.rows.push({
      n,
      parent,
      kind,
      path: clip(path, maxPath),
      start_ms: Math.round(startedAt - this.#origin),
      first_ms,
      ms: Math.round(endedAt - startedAt),
      provider,
      model,
      reason,
      recovery,
      status,
      outcome,
      discarded: unused.why,
      prompt: tokens.prompt,
      completion: tokens.completion,
      cached: tokens.cached,
      cache_write: tokens.cache_write,
      reasoning: tokens.reasoning,
      wasted: tokens.wasted,
      estimated: tokens.estimated,
      cost: costOf(report),
    })
    return n
  }
}

/** The cost of an attempt in USD; null if it is unknown or nothing was spent. */
function costOf(report: AttemptReport | undefined): number | null {
  const usd = report?.cost?.usd
  return usd === undefined || usd === null ? null : roundedUsd(usd)
}

const nothing = { first_ms: null, provider: null, model: null, reason: null, recovery: null, status: null }

/** The columns that only an attempt at a provider has. */
function providerColumns(report: AttemptReport | undefined): Record<keyof typeof nothing, Value> {
  if (!report) return nothing
  const { headMs, provider, model, reason, recovery = null, status = null } = report
  return { first_ms: Math.round(headMs), provider, model: clip(model), reason, recovery, status }
}
