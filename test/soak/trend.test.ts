import t from 'tap'
import { growthPerStep, percentile } from './trend.ts'

t.test('growth is that of the line through all figures', async t => {
  t.equal(growthPerStep([5, 7, 9, 11]), 2)
  t.equal(growthPerStep([4, 4, 4]), 0)
  t.ok(Math.abs(growthPerStep([0, 10, 0, 10, 0])) < 1e-9, 'what goes up and down does not grow')
  t.equal(growthPerStep([3]), 0)
  t.equal(growthPerStep([]), 0)
})

t.test('a percentile is one of the figures', async t => {
  const figures = Array.from({ length: 100 }, (_, index) => 100 - index)
  t.equal(percentile(figures, 0.99), 99)
  t.equal(percentile(figures, 0.5), 50)
  t.equal(percentile(figures, 1), 100)
  t.equal(percentile([7], 0.99), 7)
  t.equal(percentile([], 0.99), 0)
})
