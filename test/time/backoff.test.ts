import t from 'tap'
import { backoff } from '../../src/time/backoff.ts'

t.test('the wait doubles with each failure up to the maximum', async t => {
  t.same(
    [0, 1, 2, 3, 4].map(failures => backoff(100, failures, 1_000)),
    [100, 200, 400, 800, 1_000],
  )
})

t.test('the wait stays within the maximum, whatever the number of failures', async t => {
  t.equal(backoff(1, 1e9, 60_000), 60_000)
  t.equal(backoff(0, 1e9, 60_000), 0)
})
