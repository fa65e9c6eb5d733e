import fc from 'fast-check'
import t from 'tap'
import { Quota } from '../../../src/simulation/upstream/quota.ts'

interface Call {
  readonly at: number
  readonly tokens: number
}

/** The times of calls that come one after the other. */
const calls = fc
  .array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), tokens: fc.integer({ min: 0, max: 500 }) }),
    {
      maxLength: 200,
    },
  )
  .map(list => {
    let at = 0
    return list.map(({ afterMs, tokens }): Call => ({ at: (at += afterMs), tokens }))
  })

t.test('no minute has more calls or tokens than a quota allows', async () => {
  fc.assert(
    fc.property(
      calls,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 500, max: 3_000 }),
      (all, rpm, tpm) => {
        const quota = new Quota({ rpm, tpm })
        const taken = all.filter(({ at, tokens }) => quota.take(tokens, at) === 0)
        return taken.every(({ at: end }) => {
          const minute = taken.filter(({ at }) => at <= end && at > end - 60_000)
          return minute.length <= rpm && minute.reduce((sum, { tokens }) => sum + tokens, 0) <= tpm
        })
      },
    ),
  )
})

t.test('a call that comes after the time that the quota named is within it', async () => {
  fc.assert(
    fc.property(
      calls,
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 300, max: 3_000 }),
      (all, rpm, tpm) => {
        const quota = new Quota({ rpm, tpm })
        return all.every(({ at, tokens }, index) => {
          const waitMs = quota.take(tokens, at)
          const next = all[index + 1]?.at ?? Number.POSITIVE_INFINITY
          return waitMs === 0 || at + waitMs > next || quota.take(tokens, at + waitMs) === 0
        })
      },
    ),
  )
})

t.test('a call waits until enough tokens no longer count, and no longer', async t => {
  const quota = new Quota({ rpm: 10, tpm: 100 })
  for (const [at, tokens] of [
    [0, 10],
    [5_000, 0],
    [10_000, 50],
    [20_000, 40],
  ] as const)
    t.equal(quota.take(tokens, at), 0)
  t.equal(quota.take(5, 30_000), 30_000, 'the first ten')
  t.equal(quota.take(30, 30_000), 40_000, 'the fifty, too')
  t.equal(quota.take(61, 30_000), 50_000, 'all')
  t.equal(quota.take(60, 70_000), 0)
})

t.test('a call that is larger than a quota is allowed when nothing else counts', async t => {
  const quota = new Quota({ tpm: 100 })
  t.equal(quota.take(500, 0), 0)
  t.equal(quota.take(1, 10_000), 50_000)
  t.equal(quota.take(1, 60_000), 0)
})
