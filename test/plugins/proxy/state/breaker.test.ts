import t from 'tap'
import { Breaker } from '../../../../plugins/proxy/state/breaker.ts'
import type { BreakerOptions } from '../../../../plugins/proxy/state/breaker.ts'
import { AttemptFailure } from '../../../../src/attempt/failure.ts'
import type { Blame } from '../../../../src/attempt/failure.ts'

const options: BreakerOptions = { threshold: 3, cooldownMs: 5_000, maxCooldownMs: 300_000, slowStartMs: 0 }

function failure(blame: Blame, more: { retryAfter?: number; quota?: boolean } = {}): AttemptFailure {
  const code = more.quota ? 'insufficient_quota' : 'upstream_error'
  return new AttemptFailure(code, 'failed', { provider: 'p', blame, retryAfter: more.retryAfter })
}

/** Records failures of different requests, one per millisecond. */
function failTimes(breaker: Breaker, times: number, blame: Blame = 'failing', from = 0): void {
  for (let index = 0; index < times; index++) {
    breaker.failed(
      failure(blame),
      { requestId: `r${index}`, model: 'm', target: 'm', probe: false },
      from + index,
    )
  }
}

const trial = { requestId: 'r', model: 'm', target: 'm', probe: false }
const probe = { ...trial, probe: true }

t.test('three failures in a row take a provider out; two do not', async t => {
  const breaker = new Breaker(options)
  failTimes(breaker, 2)
  t.equal(breaker.admits('m', 2), 'yes')
  t.equal(breaker.status(2), 'degraded')
  failTimes(breaker, 1, 'failing', 2)
  t.equal(breaker.admits('m', 3), 'no')
  t.equal(breaker.status(3), 'unhealthy')
})

t.test('a success resets the count', async t => {
  const breaker = new Breaker(options)
  failTimes(breaker, 2)
  breaker.succeeded('m', 3)
  failTimes(breaker, 2, 'failing', 4)
  t.equal(breaker.admits('m', 6), 'yes')
})

t.test('one request that breaks every provider takes none out', async t => {
  const breaker = new Breaker(options)
  for (let now = 0; now < 50; now++) breaker.failed(failure('failing'), trial, now)
  t.equal(breaker.admits('m', 50), 'yes')
})

t.test('a failure rate of more than half of at least ten outcomes takes a provider out', async t => {
  const breaker = new Breaker(options)
  for (let index = 0; index < 9; index++) {
    if (index % 3 === 2) breaker.succeeded('m', index)
    else breaker.failed(failure('failing'), { ...trial, requestId: `r${index}` }, index)
  }
  breaker.failed(failure('failing'), { ...trial, requestId: 'x' }, 9)
  t.equal(breaker.admits('m', 9), 'yes')
  breaker.failed(failure('failing'), { ...trial, requestId: 'y' }, 11)
  t.equal(breaker.admits('m', 13), 'no')
})

t.test(
  'an unreachable provider is out at once, and one probe at a time goes through after the pause',
  async t => {
    const breaker = new Breaker(options)
    breaker.failed(failure('unreachable'), trial, 0)
    t.equal(breaker.admits('m', 4_999), 'no')
    t.equal(breaker.admits('m', 5_000), 'probe')
    breaker.beginProbe('m')
    t.equal(breaker.admits('m', 5_001), 'no')
  },
)

t.test('a failed probe doubles the pause, up to the maximum', async t => {
  const breaker = new Breaker(options)
  breaker.failed(failure('unreachable'), trial, 0)
  let now = 0
  for (const pause of [5, 10, 20, 40, 80, 160, 300, 300]) {
    t.equal(breaker.availableAt('m') - now, pause * 1_000)
    now = breaker.availableAt('m')
    breaker.beginProbe('m')
    breaker.failed(failure('failing'), probe, now)
  }
})

t.test('a probe whose client disconnected may be repeated', async t => {
  const breaker = new Breaker(options)
  breaker.failed(failure('unreachable'), trial, 0)
  breaker.beginProbe('m')
  breaker.failed(failure('nobody'), probe, 5_000)
  t.equal(breaker.admits('m', 5_000), 'probe')
})

t.test('calls under way when a provider is taken out do not lengthen the pause', async t => {
  const breaker = new Breaker(options)
  failTimes(breaker, 20, 'unreachable')
  t.equal(breaker.availableAt('m'), 5_000)
})

t.test('a successful probe lets all calls through and resets the pauses', async t => {
  const breaker = new Breaker(options)
  breaker.failed(failure('unreachable'), trial, 0)
  breaker.beginProbe('m')
  breaker.succeeded('m', 6_000)
  t.equal(breaker.admits('m', 6_000), 'yes')
  t.equal(breaker.status(6_000), 'healthy')
  breaker.failed(failure('unreachable'), trial, 7_000)
  t.equal(breaker.availableAt('m'), 12_000)
})

t.test('an answer that began before an outage does not end it; one that began in it does', async t => {
  const counted = new Breaker(options)
  failTimes(counted, 3, 'failing', 100)
  counted.succeeded('m', 500, 50)
  t.equal(counted.admits('m', 500), 'no', 'calls for the model')
  counted.succeeded('m', 6_000, 5_200)
  t.equal(counted.admits('m', 6_000), 'yes')

  const unreachable = new Breaker(options)
  unreachable.failed(failure('unreachable'), trial, 100)
  unreachable.succeeded('other', 500, 50)
  t.equal(unreachable.admits('m', 500), 'no', 'the provider')
  t.equal(unreachable.lastError, 'upstream_error')
  unreachable.succeeded('other', 6_000, 5_200)
  t.equal(unreachable.admits('m', 6_000), 'yes')
})

t.test('an answer from before ends no outage that another server has told of', async t => {
  const teller = new Breaker(options)
  teller.failed(failure('unreachable'), trial, 100)
  const breaker = new Breaker(options)
  breaker.adopt(teller.notice(100), 100)
  breaker.succeeded('m', 500, 50)
  t.equal(breaker.admits('m', 500), 'no')
})

t.test('a fault of the request, or of nobody, never counts', async t => {
  const breaker = new Breaker(options)
  failTimes(breaker, 20, 'request')
  failTimes(breaker, 20, 'nobody')
  t.equal(breaker.status(20), 'healthy')
})

t.test('a limit lasts exactly the requested seconds, and the longer of two wins', async t => {
  const breaker = new Breaker(options)
  breaker.failed(failure('limited', { retryAfter: 7 }), trial, 0)
  breaker.failed(failure('limited', { retryAfter: 2 }), trial, 1)
  t.equal(breaker.admits('m', 6_999), 'no')
  t.equal(breaker.standing('m', 6_999), 'limited')
  t.equal(breaker.status(6_999), 'degraded')
  t.equal(breaker.admits('m', 7_000), 'yes')
})

t.test('a provider gets no calls for a model it lacks, and gets them for others', async t => {
  const breaker = new Breaker(options)
  breaker.failed(failure('model'), trial, 0)
  t.equal(breaker.admits('m', 1), 'no')
  t.equal(breaker.admits('other', 1), 'yes')
  t.equal(breaker.admits('m', 60_000), 'yes')
})

t.test('a refused key is out for a minute, an empty account for five', async t => {
  const key = new Breaker(options)
  key.failed(failure('key'), trial, 0)
  t.equal(key.availableAt('m'), 60_000)
  const quota = new Breaker(options)
  quota.failed(failure('key', { quota: true }), trial, 0)
  t.equal(quota.availableAt('m'), 300_000)
})

t.test('while one model fails, others are asked; the provider is out once several models fail', async t => {
  const one = new Breaker(options)
  failTimes(one, 20)
  t.equal(one.admits('m', 20), 'no')
  t.equal(one.standing('m', 20), 'doubted')
  t.equal(one.admits('other', 20), 'yes')
  const several = new Breaker(options)
  for (const [index, model] of ['m', 'n', 'm'].entries())
    several.failed(failure('failing'), { requestId: `r${index}`, model, target: model, probe: false }, index)
  t.equal(several.admits('other', 3), 'no')
})

t.test(
  'a request that takes too long, or is refused without a reason, counts, but proves nothing',
  async t => {
    for (const blame of ['slow', 'refused'] as const) {
      const breaker = new Breaker(options)
      failTimes(breaker, 2, blame)
      t.equal(breaker.admits('m', 2), 'yes')
      failTimes(breaker, 1, blame, 2)
      t.equal(breaker.admits('m', 3), 'no')
    }
  },
)

t.test('a limit concerns the model that was asked for', async t => {
  const breaker = new Breaker(options)
  breaker.failed(failure('limited', { retryAfter: 7 }), trial, 0)
  t.equal(breaker.admits('other', 1), 'yes')
  t.equal(breaker.restReason('m', 1), 'rate_limit_exceeded')
  t.equal(breaker.retryAt(1), 7_000)
})

t.test('failed checks take out no provider at which a call has lately succeeded', async t => {
  const breaker = new Breaker(options)
  breaker.succeeded('m', 0)
  for (let now = 1; now < 10; now++) breaker.checked('health check timed out', 30_000, now)
  t.equal(breaker.admits('m', 10), 'yes')
  t.equal(breaker.status(10), 'healthy')
  for (let now = 60_000; now < 60_003; now++) breaker.checked('health check timed out', 30_000, now)
  t.equal(breaker.admits('m', 60_003), 'no')
})

t.test('a refused check brings an unreachable provider back, and none whose key is refused', async t => {
  const unreachable = new Breaker(options)
  unreachable.failed(failure('unreachable'), trial, 0)
  unreachable.reached(0)
  t.equal(unreachable.admits('m', 1), 'yes')
  const refused = new Breaker(options)
  refused.failed(failure('key'), trial, 0)
  refused.reached(0)
  t.equal(refused.admits('m', 1), 'no')
})

t.test(
  'a passing check restores an unreachable provider, and allows one that returned errors a probe',
  async t => {
    const unreachable = new Breaker(options)
    unreachable.failed(failure('unreachable'), trial, 0)
    unreachable.checked(undefined, 30_000, 1_000)
    t.equal(unreachable.admits('m', 1_000), 'yes')
    const failing = new Breaker(options)
    failTimes(failing, 3)
    failing.checked(undefined, 30_000, 1_000)
    t.equal(failing.admits('m', 1_000), 'probe')
  },
)

t.test('while checks fail, no call of a client is spent on a probe', async t => {
  const breaker = new Breaker(options)
  breaker.failed(failure('unreachable'), trial, 0)
  breaker.checked('health check timed out', 30_000, 1_000)
  t.equal(breaker.admits('m', 40_000), 'no')
  t.equal(breaker.admits('m', 46_000), 'probe')
})

t.test('three failed checks in a row take out a provider that has had no calls', async t => {
  const breaker = new Breaker(options)
  breaker.checked('health check timed out', 30_000, 0)
  breaker.checked('health check timed out', 30_000, 1)
  t.equal(breaker.admits('m', 2), 'yes')
  breaker.checked('health check timed out', 30_000, 2)
  t.equal(breaker.admits('m', 3), 'no')
})
