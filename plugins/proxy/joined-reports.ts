import type { ProviderReport } from './report.ts'

/** From the best to the worst. */
const ranks: readonly ProviderReport['status'][] = ['disabled', 'healthy', 'degraded', 'unhealthy', 'drained']

/** The state of each provider as several processes of one server see it, in the order of the first one. */
export function joinedReports(reports: readonly (readonly ProviderReport[])[]): ProviderReport[] {
  const [first = [], ...others] = reports
  return first.map(report =>
    joined([report, ...others.flatMap(other => other.find(({ name }) => name === report.name) ?? [])]),
  )
}

/**
 * Adds up calls, and the limits that each process finds for itself, up to the `max_concurrent` that all share. Otherwise the
 * most alarming report counts: some processes may not have heard of the trouble yet.
 */
function joined(reports: readonly ProviderReport[]): ProviderReport {
  const worst = reports.toSorted((one, other) => ranks.indexOf(other.status) - ranks.indexOf(one.status))[0]!
  const sumOf = (figure: 'active' | 'requests' | 'failures') =>
    reports.reduce((sum, report) => sum + report[figure], 0)
  const shared = reports.flatMap(({ max_concurrent: limit }) => limit ?? [])
  const own = reports.flatMap(({ adaptive_limit: limit }) => limit ?? [])
  return {
    ...worst,
    active: sumOf('active'),
    requests: sumOf('requests'),
    failures: sumOf('failures'),
    latency_ms: averageLatency(reports),
    max_concurrent: shared.length === 0 ? null : Math.max(...shared),
    adaptive_limit:
      own.length === 0
        ? null
        : Math.min(
            own.reduce((sum, limit) => sum + limit),
            ...shared,
          ),
    last_error:
      worst.last_error ?? reports.find(({ last_error: error }) => error !== null)?.last_error ?? null,
    refused: allRefused(reports),
  }
}

/** Each process learns for itself what a service refuses. */
function allRefused(reports: readonly ProviderReport[]): ProviderReport['refused'] {
  const fields = new Map<string, Set<string>>()
  for (const { model, fields: refused } of reports.flatMap(report => report.refused))
    fields.set(model, new Set([...(fields.get(model) ?? []), ...refused]))
  return [...fields].map(([model, names]) => ({ model, fields: [...names] }))
}

/** The mean of all processes, weighted by their requests. */
function averageLatency(reports: readonly ProviderReport[]): number | null {
  const measured = reports.filter(({ latency_ms: latency }) => latency !== null)
  const requests = measured.reduce((sum, report) => sum + report.requests, 0)
  if (requests === 0) return measured[0]?.latency_ms ?? null
  return Math.round(measured.reduce((sum, each) => sum + each.latency_ms! * each.requests, 0) / requests)
}
