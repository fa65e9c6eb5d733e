import type { Config, ProviderConfig } from '../../config/schema.ts'
import type { Metric } from '../../metrics/metric.ts'
import { prometheus } from '../../metrics/prometheus.ts'
import type { Scenario } from '../scenario/schema.ts'
import type { Samples } from './samples.ts'
import type { ProviderTally, Tally } from './tally.ts'
import type { Line } from './warnings.ts'

/** Percentiles in milliseconds; null without values. */
export interface Percentiles {
  readonly mean: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** The part of a provider in a simulation. */
export interface ProviderReport {
  readonly name: string
  readonly weight: number | null
  /** Its weight among all providers; null if it has none. */
  readonly weight_share: number | null
  /** Its share of the first attempts of calls, which the strategy shares out. */
  readonly share: number
  readonly attempts: number
  readonly ok: number
  /** Failed attempts by the code of the error. */
  readonly failures: Readonly<Record<string, number>>
  /** Failed attempts with status 429. */
  readonly limited: number
  readonly hedges: number
  /** Attempts that were left because another provider was faster. */
  readonly outpaced: number
  /** Milliseconds to an answer, or to the first content of a stream. */
  readonly answer_ms: Percentiles
  readonly tokens: number
  /** Null if a price is unknown. */
  readonly usd: number | null
}

/** The result of a simulation. */
export interface SimulationReport {
  readonly seed: number
  readonly minutes: number
  readonly requests: {
    readonly begun: number
    readonly answered: number
    readonly failed: number
    readonly answered_per_second: number
    readonly most_at_once: number
    readonly failures: Readonly<Record<string, number>>
    /** To the answer, or to the first content of a stream. */
    readonly first_ms: Percentiles
    readonly total_ms: Percentiles
  }
  /** The wait of each call before it was sent to a provider, or given up. */
  readonly queue: { readonly calls: number; readonly waited: number; readonly wait_ms: Percentiles }
  readonly providers: readonly ProviderReport[]
  readonly failovers: readonly Counted[]
  readonly retries: readonly Counted[]
  /** Calls that were refused because the rate limits of all their providers were used up. */
  readonly limit_refusals: number
  readonly cost: {
    readonly usd: number
    readonly wasted_usd: number
    readonly per_1000_answers: number | null
    /** Providers whose price is unknown; their calls are not in the sums. */
    readonly unpriced: readonly string[]
  }
  /** Lines that the server would have logged as warnings or errors. */
  readonly log: readonly Line[]
}

/** A count with its labels, such as `from` and `to`. */
export type Counted = Readonly<Record<string, string | number>> & { readonly count: number }

/** The parts that a report is made of. */
export interface Findings {
  readonly scenario: Scenario
  readonly config: Config
  readonly tally: Tally
  /** The figures of the server, as `/metrics` shows them. */
  readonly metrics: Iterable<Metric>
  readonly lines: readonly Line[]
}

/** The report on a simulation. The same scenario, configuration and seed give the same report. */
export async function reportOn({
  scenario,
  config,
  tally,
  metrics,
  lines,
}: Findings): Promise<SimulationReport> {
  const counters = await readCounters(metrics)
  const { seed, minutes } = scenario
  const unpriced = [...tally.providers].filter(([, { unpriced }]) => unpriced).map(([name]) => name)
  return {
    seed,
    minutes,
    requests: {
      begun: tally.begun,
      answered: tally.answered,
      failed: tally.begun - tally.answered,
      answered_per_second: rounded(tally.answered / (minutes * 60)),
      most_at_once: tally.mostRunning,
      failures: byFrequency(tally.failures),
      first_ms: percentilesOf(tally.firstMs),
      total_ms: percentilesOf(tally.totalMs),
    },
    queue: {
      calls: tally.waitMs.count,
      waited: tally.waitMs.positive,
      wait_ms: percentilesOf(tally.waitMs),
    },
    providers: providersOf(config, tally),
    failovers: counters('hulumanage_failovers_total'),
    retries: counters('hulumanage_retries_total'),
    limit_refusals: counters('hulumanage_provider_limit_refusals_total')[0]?.count ?? 0,
    cost: {
      usd: rounded(tally.usd, 6),
      wasted_usd: rounded(tally.wastedUsd, 6),
      per_1000_answers: tally.answered > 0 ? rounded((tally.usd / tally.answered) * 1000, 6) : null,
      unpriced: unpriced.toSorted(),
    },
    log: lines,
  }
}

function providersOf(config: Config, { providers }: Tally): ProviderReport[] {
  const configured = config.providers.filter(({ enabled }) => enabled)
  const names = configured.map(({ name }) => name)
  const others = [...providers.keys()].filter(name => !names.includes(name))
  const weights = configured.reduce((sum, provider) => sum + weightOf(provider), 0)
  const first = [...providers.values()].reduce((sum, tally) => sum + tally.first, 0)
  return [...names, ...others].map(name => {
    const provider = configured.find(each => each.name === name)
    const weight = provider ? weightOf(provider) : null
    const shares = {
      weight,
      weight_share: weight !== null && weights > 0 ? rounded(weight / weights, 4) : null,
    }
    return { name, ...shares, ...figuresOf(providers.get(name), first) }
  })
}

/** A provider that gets only what others have failed has no part of the weights. */
function weightOf({ weight, fallback_only: isFallback }: ProviderConfig): number {
  return isFallback ? 0 : weight
}

function figuresOf(
  tally: ProviderTally | undefined,
  first: number,
): Omit<ProviderReport, 'name' | 'weight' | 'weight_share'> {
  return {
    share: first > 0 ? rounded((tally?.first ?? 0) / first, 4) : 0,
    attempts: tally?.attempts ?? 0,
    ok: tally?.ok ?? 0,
    failures: byFrequency(tally?.failures ?? new Map()),
    limited: tally?.limited ?? 0,
    hedges: tally?.hedges ?? 0,
    outpaced: tally?.outpaced ?? 0,
    answer_ms: percentilesOf(tally?.headMs),
    tokens: tally?.tokens ?? 0,
    usd: tally?.unpriced ? null : rounded(tally?.usd ?? 0, 6),
  }
}

function percentilesOf(samples: Samples | undefined): Percentiles {
  const at = (share: number) => nullable(samples?.quantile(share))
  return { mean: nullable(samples?.mean), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

function nullable(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value)
}

function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

/** Counts by their key, the most frequent first. */
function byFrequency(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([, one], [, other]) => other - one))
}

/** Reads what has been counted; a series may begin at zero and stay there. */
async function readCounters(metrics: Iterable<Metric>): Promise<(name: string) => Counted[]> {
  const { Registry } = prometheus()
  const registry = new Registry()
  for (const metric of metrics) metric.register(registry)
  const all = await registry.getMetricsAsJSON()
  return name => {
    const values = all.find(metric => metric.name === name)?.values ?? []
    return values
      .map(({ labels, value }): Counted => ({ ...labels, count: value }))
      .filter(({ count }) => count > 0)
      .toSorted((one, other) => other.count - one.count)
  }
}
