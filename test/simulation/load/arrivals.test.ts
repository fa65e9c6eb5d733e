import t from 'tap'
import { randomFrom } from '../../../src/providers/simulated/random.ts'
import { arrivalsOf } from '../../../src/simulation/load/arrivals.ts'

const rise = [
  { from: 0, rps: 2 },
  { from: 59.75, rps: 0 },
  { from: 120, rps: 8 },
]
const countIn = (times: readonly number[], from: number, until: number) =>
  times.filter(time => from <= time && time < until).length

t.test('steady requests come at equal distances, and follow the rate', async t => {
  const times = [...arrivalsOf({ rps: rise, arrivals: 'steady', minutes: 3 }, Math.random)]
  t.same(times.slice(0, 3), [0.5, 1, 1.5])
  t.same([countIn(times, 0, 60), countIn(times, 60, 120), countIn(times, 120, 180)], [119, 0, 480])
})

t.test('requests at random are a Poisson process of the rate', async t => {
  const times = [...arrivalsOf({ rps: rise, arrivals: 'poisson', minutes: 3 }, randomFrom('arrivals'))]
  t.equal(countIn(times, 60, 120), 0)
  // Within four standard deviations, which are the roots of the means.
  t.ok(Math.abs(countIn(times, 0, 60) - 120) < 4 * Math.sqrt(120))
  t.ok(Math.abs(countIn(times, 120, 180) - 480) < 4 * Math.sqrt(480))
  t.ok(times.every((time, index) => index === 0 || time > times[index - 1]!))
  const gaps = times.filter(time => time > 121).map((time, index, late) => time - (late[index - 1] ?? time))
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
  t.ok(Math.abs(Math.sqrt(variance) / mean - 1) < 0.15, 'gaps vary as much as they are long')
})

t.test('without a rate nothing comes', async t => {
  t.same([...arrivalsOf({ rps: [{ from: 0, rps: 0 }], arrivals: 'poisson', minutes: 1 }, Math.random)], [])
  t.same([...arrivalsOf({ rps: [{ from: 90, rps: 5 }], arrivals: 'steady', minutes: 1 }, Math.random)], [])
})
