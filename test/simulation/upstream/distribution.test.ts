import fc from 'fast-check'
import t from 'tap'
import { randomFrom } from '../../../src/providers/simulated/random.ts'
import { normalQuantile, samplerOf } from '../../../src/simulation/upstream/distribution.ts'
import type { Distribution } from '../../../src/simulation/scenario/schema.ts'

/** The values that a distribution has at these shares: its sampler turns one number into one value. */
const at = (distribution: Distribution, ...shares: readonly number[]) =>
  shares.map(share => Number(samplerOf(distribution)(() => share).toFixed(3)))

t.test('a distribution has the percentiles that describe it', async t => {
  t.same(at({ always: 7 }, 0, 0.5, 0.99), [7, 7, 7])
  t.same(at({ min: 10, max: 30 }, 0, 0.5, 0.75), [10, 20, 25])
  t.same(at({ p50: 400, p95: 1200 }, 0.5, 0.95), [400, 1200])
  t.same(at({ p50: 400, p99: 1200 }, 0.5, 0.99), [400, 1200])
  t.same(at({ quantiles: [0, 10, 100] }, 0, 0.25, 0.5, 0.75), [0, 5, 10, 55])
  t.same(at({ mean: 100 }, 0, 1 - Math.exp(-1), 1 - Math.exp(-2)), [0, 100, 200])
})

t.test('the quantiles of the normal distribution are those of the tables', async t => {
  const known = { 0.001: -3.090_232, 0.025: -1.959_964, 0.5: 0, 0.841_344_746: 1, 0.999: 3.090_232 }
  for (const [share, value] of Object.entries(known))
    t.ok(Math.abs(normalQuantile(Number(share)) - value) < 1e-6, share)
})

t.test('drawn values have the mean of an exponential distribution', async t => {
  const random = randomFrom('means')
  const sampler = samplerOf({ mean: 250 })
  let sum = 0
  for (let n = 0; n < 20_000; n += 1) sum += sampler(random)
  t.ok(Math.abs(sum / 20_000 - 250) < 10, `${sum / 20_000}`)
})

t.test('values are finite, not negative, and grow with the number that is drawn', async () => {
  const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true })
  const distribution: fc.Arbitrary<Distribution> = fc.oneof(
    fc.record({ mean: positive }),
    fc
      .tuple(positive, positive)
      .map(([one, other]) => ({ min: Math.min(one, other), max: Math.max(one, other) })),
    fc
      .tuple(positive, positive)
      .map(([one, other]) => ({ p50: Math.min(one, other), p95: Math.max(one, other) })),
    fc
      .array(positive, { minLength: 2, maxLength: 20 })
      .map(values => ({ quantiles: values.toSorted((one, other) => one - other) })),
  )
  const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(distribution, share, share, (described, one, other) => {
      const sampler = samplerOf(described)
      const [low, high] = [sampler(() => Math.min(one, other)), sampler(() => Math.max(one, other))]
      return Number.isFinite(low) && Number.isFinite(high) && low >= 0 && high >= low * (1 - 1e-12)
    }),
  )
})
