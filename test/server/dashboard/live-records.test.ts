import t from 'tap'
import type { AttemptReport } from '../../../src/contract/index.ts'
import { LiveRecords } from '../../../src/server/dashboard/live-records.ts'
import { joinReports } from '../../../src/server/dashboard/live-report.ts'
import { InFlight } from '../../../src/server/in-flight.ts'

function attempt(provider: string, more: Partial<AttemptReport> = {}): AttemptReport {
  const times = { headMs: 5, totalMs: 20.4 }
  return { path: 'proxy', provider, model: 'm', reason: '', outcome: 'ok', status: 200, ...times, ...more }
}

t.test('a report has the answers of each provider, their time, and the cost of all its attempts', async t => {
  const records = new LiveRecords(new InFlight(), () => 3)
  records.attemptEnded(attempt('early'))
  t.match(records.read(0, 0), { waiting: 3, providers: [] })
  records.attemptEnded(attempt('a', { cost: { usd: 0.5 } }))
  records.attemptEnded(attempt('a', { cost: { usd: null } }))
  records.attemptEnded(attempt('a', { outcome: 'upstream_error', totalMs: 900, cost: { usd: 0.25 } }))
  records.attemptEnded(attempt('b', { outcome: 'upstream_error' }))
  const report = records.read(0, Infinity)
  t.strictSame(report.providers, [
    { name: 'a', answers: 2, ms: 40, usd: 0.75 },
    { name: 'b', answers: 0, ms: 0, usd: 0 },
  ])
  const { waiting, providers } = joinReports([report, report])
  t.equal(waiting, 6)
  t.strictSame(providers, [
    { name: 'a', answers: 4, ms: 80, usd: 1.5 },
    { name: 'b', answers: 0, ms: 0, usd: 0 },
  ])
})
