import type { requestFacts } from '../metrics/request-log.ts'

/** Maximum requests that a report lists; all are counted. */
export const maxListed = 500

/** Maximum running requests that a report lists, the oldest first. */
export const maxRunning = 20

/** A request that has ended. `at` is the time of its end in milliseconds since 1970. */
export type EndedRequest = { readonly id: string; readonly at: number } & ReturnType<typeof requestFacts>

/** A request that has not ended; `ms` is the time since it arrived. */
export interface RunningRequest {
  readonly id: string
  readonly route: string
  readonly model: string | undefined
  readonly ms: number
}

/** The sums over the attempts at one provider that ended in a second. */
export interface ProviderSums {
  readonly name: string
  /** Attempts that succeeded. */
  answers: number
  /** Milliseconds to the end of each of these. */
  ms: number
  /** The known part of the cost of all attempts. */
  usd: number
}

/** A second of this server. */
export interface LiveReport {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly in_flight: number
  /** Calls that wait for a provider. */
  readonly waiting: number
  readonly running: readonly RunningRequest[]
  /** The first requests that ended. */
  readonly ended: readonly EndedRequest[]
  readonly totals: Totals
  /** The providers that were called. */
  readonly providers: readonly ProviderSums[]
}

/** The sums over all requests that ended. */
export interface Totals {
  requests: number
  failed: number
  tokens: number
  usd: number
}

/** Sums over no requests. */
export function noTotals(): Totals {
  return { requests: 0, failed: 0, tokens: 0, usd: 0 }
}

/** One report of several processes. */
export function joinReports(reports: readonly LiveReport[]): LiveReport {
  const totals = noTotals()
  for (const report of reports) addTotals(totals, report.totals)
  return {
    at: Date.now(),
    in_flight: reports.reduce((sum, { in_flight }) => sum + in_flight, 0),
    waiting: reports.reduce((sum, { waiting }) => sum + waiting, 0),
    running: reports
      .flatMap(({ running }) => running)
      .toSorted((one, other) => other.ms - one.ms)
      .slice(0, maxRunning),
    ended: reports
      .flatMap(({ ended }) => ended)
      .toSorted((one, other) => one.at - other.at)
      .slice(0, maxListed),
    totals,
    providers: joinProviders(reports.flatMap(({ providers }) => providers)),
  }
}

/** The sums of each provider, over those of several seconds or processes. */
export function joinProviders(all: readonly ProviderSums[]): ProviderSums[] {
  const joined = new Map<string, ProviderSums>()
  for (const { name, answers, ms, usd } of all) {
    const sums = sumsOf(joined, name)
    sums.answers += answers
    sums.ms += ms
    sums.usd += usd
  }
  return [...joined.values()]
}

/** Returns the sums of a provider; adds it with sums of 0 if it is new. */
export function sumsOf(providers: Map<string, ProviderSums>, name: string): ProviderSums {
  const known = providers.get(name)
  if (known) return known
  const sums = { name, answers: 0, ms: 0, usd: 0 }
  providers.set(name, sums)
  return sums
}

/** Adds the sums of `more` to `totals`. */
export function addTotals(totals: Totals, more: Totals): void {
  totals.requests += more.requests
  totals.failed += more.failed
  totals.tokens += more.tokens
  totals.usd += more.usd
}
