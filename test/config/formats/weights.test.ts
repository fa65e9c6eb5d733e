import t from 'tap'
import { wholeWeights } from '../../../src/config/formats/weights.ts'

t.test('shares become the smallest whole numbers in their proportion', async t => {
  t.strictSame(wholeWeights([0.7, 0.3]), [7, 3])
  t.strictSame(wholeWeights([0.0001, 1]), [1, 1000])
  t.strictSame(wholeWeights([4, 2]), [4, 2])
})

t.test('shares that are too large for a weight are scaled to the largest', async t => {
  t.strictSame(wholeWeights([2_000_000, 1_000_000, 1, 0]), [1_000_000, 500_000, 1, 0])
})

t.test('a share of 0, which drains, stays 0', async t => {
  t.strictSame(wholeWeights([0, 3]), [0, 3])
  t.strictSame(wholeWeights([0, 0.5, 0.25]), [0, 2, 1])
  t.strictSame(wholeWeights([0, 0]), [0, 0])
})
