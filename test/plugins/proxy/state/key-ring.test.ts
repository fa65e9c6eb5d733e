import t from 'tap'
import fc from 'fast-check'
import { KeyRing } from '../../../../plugins/proxy/state/key-ring.ts'
import { AttemptFailure } from '../../../../src/attempt/failure.ts'

const minute = 60_000
const refusal = new AttemptFailure('upstream_auth', 'refused our key', { provider: 'a', blame: 'key' })

t.test('a refused key is used again after five minutes, then ten, up to an hour', async t => {
  const ring = new KeyRing(['one', 'two'], () => {})
  const key = ring.take(0)
  let now = 0
  for (const minutes of [5, 10, 20, 40, 60, 60]) {
    t.equal(ring.failed(key, refusal, 'm', now), true)
    t.equal(ring.usable(now + minutes * minute - 1), 1)
    t.equal(ring.usable(now + minutes * minute), 2)
    now += minutes * minute
  }
})

t.test('concurrent calls that are refused count once', async t => {
  const ring = new KeyRing(['one', 'two'], () => {})
  const key = ring.take(0)
  for (let call = 0; call < 10; call++) ring.failed(key, refusal, 'm', call)
  t.equal(ring.usable(5 * minute), 2)
})

t.test('a success of a call begun before the refusal does not restore the key; a later one does', async t => {
  const ring = new KeyRing(['one'], () => {})
  const key = ring.take(0)
  t.equal(ring.failed(key, refusal, 'm', 100), false)
  ring.succeeded(key, 50)
  t.equal(ring.usable(200), 0)
  ring.succeeded(key, 150)
  t.equal(ring.usable(200), 1)
})

t.test('if all keys are set aside, the one that is due first is tried', async t => {
  const ring = new KeyRing(['one', 'two'], () => {})
  ring.refused(ring.take(0), 0)
  ring.refused(ring.take(1), 1)
  t.equal(ring.take(2).secret, 'one')
})

t.test('working keys get equal shares, and a resting one gets none', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat({ max: 7 }), (count, dead) => {
      const ring = new KeyRing(
        Array.from({ length: count + 1 }, (_, index) => `key ${index}`),
        () => {},
      )
      const all = Array.from({ length: count + 1 }, () => ring.take(0))
      const resting = all[dead % (count + 1)]!
      ring.refused(resting, 0)
      const taken = Array.from({ length: count * 3 }, () => ring.take(1))
      const shares = all.map(key => taken.filter(other => other === key).length)
      return all.every((key, index) => shares[index] === (key === resting ? 0 : 3))
    }),
  )
})

t.test('a limited key rests for the model that was asked for, and serves others', async t => {
  const ring = new KeyRing(['one', 'two'], () => {})
  const options = { provider: 'a', blame: 'limited', upstreamStatus: 429, retryAfter: 20 } as const
  const limit = new AttemptFailure('rate_limit_exceeded', 'asks to wait', options)
  t.equal(ring.failed(ring.take(0, 'm'), limit, 'm', 0), true)
  t.equal(ring.failed(ring.take(0, 'm'), limit, 'm', 1_000), false)
  t.equal(ring.usable(2_000, 'm'), 0)
  t.equal(ring.usable(2_000, 'other'), 2)
  t.equal(ring.usableIn(2_000, 'm'), 18_000)
  t.equal(ring.take(20_000, 'm').secret, 'one')
})
