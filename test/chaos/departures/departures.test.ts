import t from 'tap'
import { phases } from './phases.ts'
import { runDepartures } from './run.ts'

t.test('wherever a client leaves, no call begins for it afterwards, and nothing is left', async t => {
  const report = await runDepartures({ seed: 3, departures: 4 * phases.length, width: 4 })
  t.strictSame(report.wrong, [])
  const left = report.phases.reduce((sum, phase) => sum + phase.left, 0)
  const outlasted = report.phases.reduce((sum, { times }) => sum + times.length, 0)
  t.ok(left > 3 * phases.length, `${left} clients left`)
  t.ok(outlasted > left / 2, `${outlasted} calls outlasted them`)
  t.ok(report.stayed > phases.length)
})
