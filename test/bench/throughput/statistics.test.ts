import fc from 'fast-check'
import t from 'tap'
import { median, orderOfRound, ratiosPerRound, summarize } from '../../../bench/throughput/statistics.ts'

const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 })

t.test('the median is the middle value, or the mean of the middle two', async t => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(median([4, 1, 3, 2]), 2.5)
  t.ok(Number.isNaN(median([])))
})

t.test('the quartiles are interpolated between neighbours', async t => {
  t.same(summarize([1, 2, 3, 4, 5]), { median: 3, low: 2, high: 4 })
  t.same(summarize([40, 10, 30, 20]), { median: 25, low: 17.5, high: 32.5 })
})

t.test('the quartiles surround the median, whatever the order of the values', async t => {
  fc.assert(
    fc.property(values, fc.integer(), (list, by) => {
      const summary = summarize(list)
      t.ok(summary.low <= summary.median && summary.median <= summary.high)
      t.same(summarize(orderOfRound(list, Math.abs(by))), summary)
    }),
    { numRuns: 50 },
  )
})

t.test('a ratio compares the two values of one round', async t => {
  t.same(ratiosPerRound([1, 6, 9], [2, 3, 9]), [0.5, 2, 1])
  t.throws(() => ratiosPerRound([1], [1, 2]), RangeError)
})

t.test('a machine that slows down between rounds does not change the ratios', async t => {
  fc.assert(
    fc.property(values, fc.double({ min: 0.1, max: 10, noNaN: true }), (speeds, share) => {
      const slower = speeds.map(speed => speed * share)
      t.ok(Math.abs(summarize(ratiosPerRound(slower, speeds)).median - share) < 1e-9)
    }),
    { numRuns: 50 },
  )
})

t.test('each server goes first in turn, and all have their turn in each round', async t => {
  const servers = ['a', 'b', 'c']
  const rounds = [0, 1, 2, 3].map(round => orderOfRound(servers, round).join(''))
  t.same(rounds, ['abc', 'bca', 'cab', 'abc'])
  t.same(orderOfRound([], 3), [])
})
