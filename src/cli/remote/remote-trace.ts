import { z } from 'zod'
import type { ShownCall } from '../../server/ledger/shown-request.ts'
import { clip } from '../../text/clip.ts'

// Names go to a terminal.
const name = z.string().transform(text => clip(text, 1_000))
const attempt = z.looseObject({
  provider: name.nullish(),
  outcome: name,
  ms: z.number(),
  hedge: z.boolean().exactOptional(),
})

/** A call in the `hulumanage_trace` of a server, as far as it is shown. The server may be of another version. */
export const traceRecord = z.looseObject({
  path: name,
  start_ms: z.number(),
  ms: z.number(),
  provider: name.exactOptional(),
  model: name.exactOptional(),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number() }).exactOptional(),
  cost: z.looseObject({ usd: z.number().nullish() }).exactOptional(),
  choices: z.array(z.looseObject({ discarded: name.exactOptional() })).exactOptional(),
  error: name.exactOptional(),
  cancelled: z.boolean().exactOptional(),
  attempts: z.array(attempt).exactOptional(),
  get calls() {
    return z.array(traceRecord).exactOptional()
  },
})
type TraceRecord = z.output<typeof traceRecord>

/** The calls of a trace in the form in which the ledger shows them. */
export function shownTrace(records: readonly TraceRecord[]): ShownCall[] {
  return records.map(record => {
    const { path, start_ms, ms, model, usage, cost, error, cancelled, calls } = record
    const discarded = discardedOf(record)
    const attempts = attemptsOf(record)
    const [only, second] = attempts
    const provider = record.provider ?? (second ? undefined : only?.provider)
    return {
      path,
      start_ms,
      ms,
      outcome: error ?? (cancelled ? 'cancelled' : 'ok'),
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
      ...(discarded !== undefined && { discarded }),
      ...(usage && { tokens: tokensOf(usage) }),
      ...(typeof cost?.usd === 'number' && { cost: cost.usd }),
      ...(attempts.length > 1 && { attempts }),
      ...(calls && { calls: shownTrace(calls) }),
    }
  })
}

/** Why the choices of an answer are not used, unless it is used as a whole. */
function discardedOf({ choices = [] }: TraceRecord): string | undefined {
  const reasons = choices.flatMap(({ discarded }) => discarded ?? [])
  if (reasons.length === 0) return undefined
  const why = [...new Set(reasons)].join(', ')
  return reasons.length < choices.length ? `${reasons.length} of ${choices.length} choices: ${why}` : why
}

/** The attempts at a call. The trace does not tell when each began: but for a hedge, when the one before had ended. */
function attemptsOf({ path, start_ms: start, attempts = [] }: TraceRecord): ShownCall[] {
  let next = start
  return attempts.map(({ provider, outcome, ms, hedge }) => {
    const begin = hedge ? start : next
    next = begin + ms
    return { path, start_ms: begin, ms, outcome, ...(provider != null && { provider }) }
  })
}

function tokensOf({
  prompt_tokens: prompt,
  completion_tokens: completion,
}: NonNullable<TraceRecord['usage']>) {
  return { prompt, completion, cached: null, cache_write: null, reasoning: null, wasted: null }
}
