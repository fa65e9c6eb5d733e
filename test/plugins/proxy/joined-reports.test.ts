import t from 'tap'
import { joinedReports } from '../../../plugins/proxy/joined-reports.ts'
import type { ProviderReport } from '../../../plugins/proxy/report.ts'

const report = {
  name: 'one',
  status: 'healthy',
  active: 0,
  requests: 0,
  failures: 0,
  latency_ms: null,
  max_concurrent: null,
  adaptive_limit: null,
  last_error: null,
  refused: [],
} as unknown as ProviderReport

t.test('what any process has seen a service refuse is listed once', t => {
  const refused = (model: string, ...fields: string[]): ProviderReport => ({
    ...report,
    refused: [{ model, fields }],
  })
  const [joined] = joinedReports([
    [refused('a', 'temperature')],
    [refused('a', 'top_p', 'temperature')],
    [refused('b', 'n')],
  ])
  t.strictSame(joined?.refused, [
    { model: 'a', fields: ['temperature', 'top_p'] },
    { model: 'b', fields: ['n'] },
  ])
  t.end()
})

t.test('limits that each process finds for its own add up, within the one that all share', t => {
  const limited = (adaptive: number | null, max: number | null): ProviderReport[] => [
    { ...report, active: 4, adaptive_limit: adaptive, max_concurrent: max },
  ]
  const limitsOf = (...reports: ProviderReport[][]) => {
    const [joined] = joinedReports(reports)
    return [joined?.active, joined?.adaptive_limit, joined?.max_concurrent]
  }
  t.strictSame(limitsOf(limited(4, null), limited(6, null)), [8, 10, null])
  t.strictSame(limitsOf(limited(4, 9), limited(6, 9)), [8, 9, 9])
  t.strictSame(limitsOf(limited(null, 9), limited(null, 9)), [8, null, 9])
  t.strictSame(limitsOf(limited(null, null), limited(null, null)), [8, null, null])
  t.end()
})
