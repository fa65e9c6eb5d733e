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
