import type { ProviderConfig } from '../../src/config/schema.ts'
import type { Member } from './pool/pool.ts'
import type { Status } from './state/breaker.ts'
import type { Surroundings } from './selection/balancer.ts'

/** State of one provider, as `GET /providers` shows it. Holds no key and no path. */
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
  /** Keys that take turns, and how many of them are taken now; null where there is but one. */
  readonly keys: { readonly total: number; readonly usable: number } | null
  readonly requests: number
  readonly failures: number
  /** Running average of the time to the head of an answer. */
  readonly latency_ms: number | null
  readonly last_error: string | null
  /** Seconds until it is asked again; 0 where it is asked now. */
  readonly retry_in: number
}

export function providerReports({ pool, guards, currentConfig }: Surroundings): ProviderReport[] {
  const off = currentConfig.value.providers.filter(({ enabled }) => !enabled)
  return [...pool.members.map(member => reportOf(member, guards)), ...off.map(disabled)]
}

/** The providers section of `/health`. */
export function healthSummary(around: Surroundings): {
  total: number
  healthy: number
  providers: Record<string, Status>
} {
  const statuses = around.pool.members.map(({ name }) => [name, around.guards.status(name)] as const)
  return {
    total: statuses.length,
    healthy: statuses.filter(([, status]) => status !== 'unhealthy').length,
    providers: Object.fromEntries(statuses),
  }
}

/** One that is switched off has no state. */
function disabled(config: ProviderConfig): ProviderReport {
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

function reportOf(member: Member, guards: Surroundings['guards']): ProviderReport {
  const { config, kind } = member.provider
  const breaker = guards.breaker(member.name)
  const { requests, failures, latencyMs } = guards.counts(member.name)
  const keys = guards.keys(member)
  const waitMs = breaker.availableAt('') - performance.now()
  return {
    name: member.name,
    type: kind.name,
    host: hostOf(config),
    status: guards.status(member.name),
    weight: config.weight,
    fallback_only: config.fallback_only,
    models: config.models ?? null,
    active: member.active,
    max_concurrent: config.max_concurrent ?? null,
    priority: config.priority,
    keys: keys ? { total: keys.total, usable: keys.usable(performance.now()) } : null,
    requests,
    failures,
    latency_ms: latencyMs === undefined ? null : Math.round(latencyMs),
    last_error: breaker.lastError ?? null,
    retry_in: Math.max(0, Math.ceil(waitMs / 1000)),
  }
}
