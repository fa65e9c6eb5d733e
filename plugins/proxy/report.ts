import type { Config, ProviderConfig } from '../../src/config/schema.ts'
import type { Member } from './pool/member.ts'
import type { Status } from './state/standing.ts'
import type { ProviderPool } from './pool/pool.ts'

/** The state of one provider, as `GET /providers` shows it. Contains no key and no path. */
export interface ProviderReport {
  readonly name: string
  readonly type: string
  readonly host: string | null
  readonly status: Status | 'disabled'
  readonly weight: number
  readonly fallback_only: boolean
  readonly models: readonly string[] | null
  readonly active: number
  readonly max_concurrent: number | null
  readonly priority: number
  /** The keys that take turns, and how many of them are usable now; null if there is only one. */
  readonly keys: { readonly total: number; readonly usable: number } | null
  readonly requests: number
  readonly failures: number
  /** Running average of the milliseconds to the head of an answer; null before the first one. */
  readonly latency_ms: number | null
  readonly last_error: string | null
  /** Seconds until it is asked again; 0: now. */
  readonly retry_in: number
}

/** The state of every provider, those that are switched off last. */
export function providerReports(pool: ProviderPool, config: Config): ProviderReport[] {
  const disabled = config.providers.filter(({ enabled }) => !enabled)
  return [...pool.members.map(reportOf), ...disabled.map(disabledReportOf)]
}

/** The providers section of `/health`. Its status is `unhealthy` if no provider works, `degraded` if not all do. */
export function healthSummary({ members }: ProviderPool): {
  status: Status
  total: number
  healthy: number
  providers: Record<string, Status>
} {
  const statuses = members.map(({ name, state }) => [name, state.status] as const)
  const all = new Set(statuses.map(([, status]) => status))
  return {
    status: all.size === 1 ? [...all][0]! : all.size === 0 ? 'healthy' : 'degraded',
    total: statuses.length,
    healthy: statuses.filter(([, status]) => status !== 'unhealthy').length,
    providers: Object.fromEntries(statuses),
  }
}

/** A provider that is switched off has no state. */
function disabledReportOf(config: ProviderConfig): ProviderReport {
  return {
    name: config.name,
    type: config.type ?? 'openai',
    host: hostOf(config),
    status: 'disabled',
    weight: config.weight,
    fallback_only: config.fallback_only,
    models: config.models ?? null,
    active: 0,
    max_concurrent: config.max_concurrent ?? null,
    priority: config.priority,
    keys: null,
    requests: 0,
    failures: 0,
    latency_ms: null,
    last_error: null,
    retry_in: 0,
  }
}

function hostOf({ base_url: address }: ProviderConfig): string | null {
  return address === undefined ? null : new URL(address).host
}

function reportOf({ name, provider, state, active, maxConcurrent }: Member): ProviderReport {
  const { config, kind } = provider
  const { breaker, keys, counts } = state
  const now = performance.now()
  return {
    name,
    type: kind.name,
    host: hostOf(config),
    status: state.status,
    weight: config.weight,
    fallback_only: config.fallback_only,
    models: config.models ?? null,
    active,
    max_concurrent: maxConcurrent ?? null,
    priority: config.priority,
    keys: keys ? { total: keys.total, usable: keys.usable(now) } : null,
    requests: counts.requests,
    failures: counts.failures,
    latency_ms: counts.latencyMs === undefined ? null : Math.round(counts.latencyMs),
    last_error: breaker.lastError ?? null,
    retry_in: Math.max(0, Math.ceil((breaker.retryAt(now) - now) / 1000)),
  }
}
