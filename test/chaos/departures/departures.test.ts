import t from 'tap'
import { phases } from './phases.ts'
import { runDepartures } from './run.ts'

t.test('wherever a client leaves, no call begins for it afterwards, and nothing is left', async t => {
  const report = await runDepartures({ seed: 3, departures: 4 * phases.length, width: 4 })
  t.strictSame(report.wrong, [])
  const { length: left } = report.clients
  const outlasted = report.phases.filter(({ underWay }) => underWay.length > 0).length
  t.ok(left > 3 * phases.length, `${left} clients left`)
  t.ok(outlasted > phases.length / 2, `calls outlasted them in ${outlasted} phases`)
  t.ok(report.stayed > phases.length)
})
