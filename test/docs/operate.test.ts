import { readFileSync } from 'node:fs'
import t from 'tap'
import { graceMs } from '../../src/cli/workers/signals.ts'
import { configSchema } from '../../src/config/schema.ts'

t.test('the examples wait longer for the server than it takes to end at most', async t => {
  const page = readFileSync(new URL('../../docs/guides/operate.md', import.meta.url), 'utf8')
  const longest = configSchema.parse({ providers: [] }).drain_timeout + graceMs / 1000
  const secondsOf = (pattern: RegExp) => Number(pattern.exec(page)![1])
  t.ok(secondsOf(/TimeoutStopSec=(\d+)/) > longest)
  t.ok(secondsOf(/stop_grace_period: (\d+)s/) > longest)
  const pause = secondsOf(/preStop: \{ sleep: \{ seconds: (\d+)/)
  t.ok(secondsOf(/terminationGracePeriodSeconds: (\d+)/) > pause + longest)
})
