import type { Config, ProviderConfig } from '../../src/config/schema.ts'
import type { Refusal } from '../../src/providers/fields/changed-fields.ts'
import { clip } from '../../src/text/clip.ts'
import type { Drain } from './pool/drains.ts'
import type { Member } from './pool/member.ts'
import type { Resting } from './state/rest-log.ts'
import type { Status } from './state/standing.ts'
import type { ProviderPool } from './pool/pool.ts'

/** The state of one provider, as `GET /providers` shows it. Contains no key and no path. */
export interface ProviderReport {
  readonly name: string
  readonly type: string
  readonly host: string | null
  /** `drained` while an operator has taken it out of service, however well it works. */
  readonly status: Status | 'drained' | 'disabled'
  /** When and by whom it was drained; null if it is not. */
  readonly drained: Drain | null
  /**
   * Why and since when, in ISO 8601, it rests (`model`: null), or the model of it that has rested for longest; null if none does.
   * Reasons are those of the log.
   */
  readonly resting: {
    readonly since: string
    readonly reason: Resting['reason']
    readonly model: string | null
  } | null
  readonly weight: number
  readonly fallback_only: boolean
  readonly models: readonly string[] | null
  readonly active: number
  readonly max_concurrent: number | null
  /** The maximum that `adaptive_concurrency` allows now, within `max_concurrent`; null if that is not configured. */
  readonly adaptive_limit: number | null
  readonly priority: number
  /** The keys that take turns, and how many of them are usable now; null if there is only one. */
  readonly keys: { readonly total: number; readonly usable: number } | null
  readonly requests: number
  readonly failures: number
  /** Running average of the milliseconds to the head of an answer; null before the first one. */
  readonly latency_ms: number | null
  /** The last failure that counted, or check that failed; it stays when calls succeed again. */
  readonly last_error: string | null
  /** Seconds until it is asked again; 0: now. */
  readonly retry_in: number
  /** The fields that it has refused within the last hour, and gets no longer or in another form, by its name of the model. */
  readonly refused: readonly Refusal[]
}

/** The state of every provider, those that are switched off last. */
export function providerReports(pool: ProviderPool, config: Config): ProviderReport[] {
  const disabled = config.providers.filter(({ enabled }) => !enabled)
  return [...pool.members.map(reportOf), ...disabled.map(disabledReportOf)]
}

/**
 * The providers section of `/health`. Its status is `unhealthy` if no provider works, `degraded` if not all do. Drained ones
 * are out of service on purpose: they do not count, unless there are no others.
 */
export function healthSummary({ members }: ProviderPool): {
  status: Status
  total: number
  healthy: number
  drained: number
  providers: Record<string, Status | 'drained'>
} {
  const serving = members.filter(({ drain }) => drain === undefined)
  const statuses = serving.map(({ state }) => state.status)
  return {
    status: members.length > 0 && serving.length === 0 ? 'unhealthy' : summaryOf(new Set(statuses)),
    total: members.length,
    healthy: statuses.filter(status => status !== 'unhealthy').length,
    drained: members.length - serving.length,
    providers: Object.fromEntries(
      members.map(({ name, state, drain }) => [name, drain ? 'drained' : state.status]),
    ),
  }
}

function summaryOf(statuses: ReadonlySet<Status>): Status {
  if (statuses.size === 0) return 'healthy'
  return statuses.size === 1 ? [...statuses][0]! : 'degraded'
}

/** A provider that is switched off has no state. */
function disabledReportOf(config: ProviderConfig): ProviderReport {
  return {
    name: config.name,
    type: config.type ?? 'openai',
    host: hostOf(config),
    status: 'disabled',
    drained: null,
    resting: null,
    weight: config.weight,
    fallback_only: config.fallback_only,
    models: config.models ?? null,
    active: 0,
    max_concurrent: config.max_concurrent ?? null,
    adaptive_limit: null,
    priority: config.priority,
    keys: null,
    requests: 0,
    failures: 0,
    latency_ms: null,
    last_error: null,
    retry_in: 0,
    refused: [],
  }
}

function hostOf({ base_url: address }: ProviderConfig): string | null {
  return address === undefined ? null : new URL(address).host
}

function reportOf({ name, provider, state, drain, active, maxConcurrent, ownLimit }: Member): ProviderReport {
  const { config, kind } = provider
  const { breaker, keys, counts, resting } = state
  const now = performance.now()
  return {
    name,
    type: kind.name,
    host: hostOf(config),
    status: drain ? 'drained' : state.status,
    drained: drain ?? null,
    resting: resting ? shownRest(resting) : null,
    weight: config.weight,
    fallback_only: config.fallback_only,
    models: config.models ?? null,
    active,
    max_concurrent: maxConcurrent ?? null,
    adaptive_limit: ownLimit ?? null,
    priority: config.priority,
    keys: keys ? { total: keys.total, usable: keys.usable(now) } : null,
    requests: counts.requests,
    failures: counts.failures,
    latency_ms: counts.latencyMs === undefined ? null : Math.round(counts.latencyMs),
    last_error: counts.lastError ?? null,
    retry_in: Math.max(0, Math.ceil((breaker.retryAt(now) - now) / 1000)),
    refused: provider.fields.refusals(),
  }
}

/** Clients choose the names of models. */
function shownRest({ model, reason, since }: Resting): ProviderReport['resting'] {
  return { since: new Date(since).toISOString(), reason, model: model === undefined ? null : clip(model) }
}
