import { enabledProviders } from '../../config/enabled.ts'
import { ServedModels } from '../../config/sections/model-patterns.ts'
import type { Config } from '../../config/schema.ts'
import type { CallRow } from '../../ledger/columns.ts'
import type { Assumed } from '../scenario/read.ts'
import type { RecordedTraffic } from './recorded-calls.ts'

/** Steps between the quantiles of measured values. */
const steps = 20
/** The difference from which on an answer that ended after its first content was streamed, in milliseconds. */
const streamedMs = 20
/** Attempts that a model at a provider must have for a description of its own. */
const enough = 20

/**
 * Describes providers as the ledger has seen them, by model: times, lengths of answers and failures, with the kinds of
 * requests that came. Failures for which a provider is not to blame are left out.
 */
export function fitScenario(traffic: readonly RecordedTraffic[], config: Config): Assumed {
  const attempts = traffic.flatMap(one => one.attempts).filter(attempt => kindOf(attempt) !== 'nobody')
  const known = enabledProviders(config).filter(({ name }) =>
    attempts.some(({ provider }) => provider === name),
  )
  const providers = known.map(provider => {
    const own = attempts.filter(attempt => attempt.provider === provider.name)
    const models = new ServedModels(provider)
    const byModel = Map.groupBy(own, ({ model }) => models.nameOf(String(model)))
    const described = [...byModel].filter(([, rows]) => rows.length >= enough && byModel.size > 1)
    const ofModels = Object.fromEntries(described.map(([model, rows]) => [model, behaviourOf(rows)]))
    return [provider.name, { ...behaviourOf(own), models: ofModels }] as const
  })
  const requests = requestsOf(traffic)
  return { providers: Object.fromEntries(providers), ...(requests.length > 0 && { requests }) }
}

/** The failure of an attempt, as a scenario names it; `ok`, or `nobody` if it proves nothing about the provider. */
function kindOf({ outcome, status }: CallRow): string {
  if (outcome === 'ok') return 'ok'
  if (typeof status !== 'number' || status < 400 || status >= 600) return faults[String(outcome)] ?? 'nobody'
  return ofRequest.has(status) ? 'nobody' : String(status)
}

/** Statuses that blame one request: as a rate of failures, they would hit other requests. */
const ofRequest: ReadonlySet<number> = new Set([400, 413, 422])

const faults: Readonly<Record<string, string>> = {
  upstream_timeout: 'hang',
  upstream_unreachable: 'refused',
  upstream_truncated: 'cut',
  upstream_bad_response: 'reset',
}

function behaviourOf(rows: readonly CallRow[]): object {
  const answered = rows.filter(row => kindOf(row) === 'ok')
  const failed = rows.filter(row => kindOf(row) !== 'ok')
  const streamed = answered.filter(isStreamed)
  const whole = answered.filter(row => !isStreamed(row))
  const rates = [...Map.groupBy(failed, kindOf)].map(([kind, of]) => [kind, shareOf(of, rows)])
  const first = streamed.length > 0 ? streamed : whole
  return withoutEmpty({
    first_token_ms: quantilesOf(first.map(({ first_ms: ms }) => Number(ms))),
    // Without a stream there is no time between tokens: the answer comes at once.
    token_ms: streamed.length > 0 ? quantilesOf(streamed.map(tokenMs)) : whole.length > 0 ? 0 : undefined,
    total_ms: quantilesOf(whole.map(({ ms }) => Number(ms))),
    answer_tokens: quantilesOf(
      answered.flatMap(({ completion }) => (completion ? [Number(completion)] : [])),
    ),
    // The end of an attempt that hung says when this server gave it up.
    error_ms: quantilesOf(failed.filter(row => kindOf(row) !== 'hang').map(({ ms }) => Number(ms))),
    errors: Object.fromEntries(rates) as unknown,
  })
}

/** A fraction of all, rounded down, so that no sum of fractions exceeds 1. */
function shareOf(some: readonly CallRow[], all: readonly CallRow[]): number {
  return Math.floor((some.length / all.length) * 1e9) / 1e9
}

function isStreamed({ first_ms: first, ms }: CallRow): boolean {
  return Number(ms) - Number(first) >= streamedMs
}

function tokenMs({ first_ms: first, ms, completion }: CallRow): number {
  return (Number(ms) - Number(first)) / Math.max(1, Number(completion) - 1)
}

/** The kinds of chats, by model and chain. */
function requestsOf(traffic: readonly RecordedTraffic[]): object[] {
  const chats = traffic.filter(({ request, attempts }) => request.model !== null && attempts.length > 0)
  const kinds = Map.groupBy(chats, ({ request, attempts }) =>
    JSON.stringify([request.model, request.chain, isStreamed(attempts[0]!)]),
  )
  return [...kinds].map(([key, of]) => {
    const [model, approach, stream] = JSON.parse(key) as [string, string | null, boolean]
    const prompts = of.map(({ attempts }) => Number(attempts[0]!.prompt ?? 0)).filter(tokens => tokens > 0)
    return withoutEmpty({
      share: of.length,
      model,
      approach: approach ?? undefined,
      stream,
      prompt_tokens: quantilesOf(prompts),
    })
  })
}

/** A distribution of measured values; undefined without any. */
function quantilesOf(values: readonly number[]): object | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => Number(sorted[Math.round(share * (sorted.length - 1))]!.toFixed(3))
  return { quantiles: Array.from({ length: steps + 1 }, (_, index) => at(index / steps)) }
}

function withoutEmpty(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
