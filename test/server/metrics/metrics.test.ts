import t from 'tap'
import { CurrentConfig } from '../../../src/config/current.ts'
import { Metrics } from '../../../src/server/metrics/metrics.ts'
import { configOf } from '../serve.ts'

t.test('all figures of a worker can be sent to another process', async t => {
  const currentConfig = new CurrentConfig(configOf())
  const metrics = new Metrics({ inFlight: () => 0, currentConfig, others: () => [] })
  const figures = await metrics.figures()
  t.ok(figures.some(({ name }) => name === 'hulumanage_request_duration_seconds'))
  t.same(structuredClone(figures), figures)
})
