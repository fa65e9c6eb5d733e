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

/** A second of this server. */
export interface LiveReport {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly in_flight: number
  readonly running: readonly RunningRequest[]
  /** The first requests that ended. */
  readonly ended: readonly EndedRequest[]
  readonly totals: Totals
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
    running: reports
      .flatMap(({ running }) => running)
      .toSorted((one, other) => other.ms - one.ms)
      .slice(0, maxRunning),
    ended: reports
      .flatMap(({ ended }) => ended)
      .toSorted((one, other) => one.at - other.at)
      .slice(0, maxListed),
    totals,
  }
}

/** Adds the sums of `more` to `totals`. */
export function addTotals(totals: Totals, more: Totals): void {
  totals.requests += more.requests
  totals.failed += more.failed
  totals.tokens += more.tokens
  totals.usd += more.usd
}
