import t from 'tap'
import { speedUpOf } from '../../../../bench/throughput/arrivals/workers.ts'

const one = { cpuMicroseconds: 100 }

t.test('two workers that share the work of the same cost take twice as much', async t => {
  t.equal(speedUpOf({ cpuMicroseconds: 100, busiestMicroseconds: 50 }, one), 2)
})

t.test('a request that costs more with two workers lowers the speed-up by as much', async t => {
  t.equal(speedUpOf({ cpuMicroseconds: 125, busiestMicroseconds: 55 }, one), 1.6)
})

t.test('a process that has most of the work is the limit', async t => {
  t.equal(speedUpOf({ cpuMicroseconds: 100, busiestMicroseconds: 80 }, one), 1.25)
})
