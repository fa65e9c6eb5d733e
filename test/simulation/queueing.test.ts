import t from 'tap'
import { common, run, service } from './run.ts'

/** Whether a measured value lies near the expected one. */
const isNear = (value: number | null, expected: number, tolerance: number) =>
  value !== null && Math.abs(value - expected) <= expected * tolerance

t.test('one call at a time, at random and with random lengths, waits as M/M/1 says', async t => {
  const { queue, requests } = await run(t, {
    config: {
      ...common,
      providers: [service('main', { max_concurrent: 1 })],
      queue: { timeout: 600, max_waiting: 10_000 },
      timeouts: { total: 3_600 },
    },
    scenario: { rps: 5, minutes: 30, providers: { main: { total_ms: { mean: 100 } } } },
  })
  // A load of 0.5: rate 5/s against 10/s. The mean wait is load / (10 - 5) seconds, and a share of `load` waits.
  t.equal(requests.failed, 0)
  t.ok(isNear(queue.wait_ms.mean, 100, 0.08), `mean wait of ${queue.wait_ms.mean} ms`)
  t.ok(isNear(queue.waited / queue.calls, 0.5, 0.03), `${queue.waited} of ${queue.calls} waited`)
  // The wait exceeds x with probability load * exp(-5 x).
  t.ok(isNear(queue.wait_ms.p95, (Math.log(0.5 / 0.05) / 5) * 1000, 0.1), `p95 of ${queue.wait_ms.p95} ms`)
  t.ok(isNear(requests.total_ms.mean, 200, 0.08), `mean answer after ${requests.total_ms.mean} ms`)
})

t.test('calls of one length wait half as long, as M/D/1 says', async t => {
  const { queue } = await run(t, {
    config: { ...common, providers: [service('main', { max_concurrent: 1 })], queue: { timeout: 600 } },
    scenario: { rps: 5, minutes: 30, providers: { main: { total_ms: 100 } } },
  })
  t.ok(isNear(queue.wait_ms.mean, 50, 0.08), `mean wait of ${queue.wait_ms.mean} ms`)
})

t.test('a server that works on two calls at a time lets them wait as M/M/2 says', async t => {
  const { queue, requests } = await run(t, {
    config: { ...common, providers: [service('gpu')] },
    scenario: {
      rps: 10,
      minutes: 15,
      providers: { gpu: { total_ms: { mean: 100 }, capacity: { concurrent: 2 } } },
    },
  })
  // Erlang's C formula for two servers at a load of 0.5 gives a chance of 1/3 to wait, and 33.3 ms of waiting in the mean.
  t.equal(queue.waited, 0, 'they wait at the provider')
  t.ok(isNear(requests.total_ms.mean, 133.3, 0.08), `mean answer after ${requests.total_ms.mean} ms`)
})

t.test('where there is room, no call waits, whatever the last digit of a difference says', async t => {
  const { queue } = await run(t, {
    config: { ...common, providers: [service('main')] },
    scenario: { rps: 3, minutes: 30, providers: { main: { total_ms: { min: 200, max: 20_000 } } } },
  })
  t.equal(queue.waited, 0)
  t.same(Object.values(queue.wait_ms), [0, 0, 0, 0, 0])
})

t.test('beyond its capacity the queue is full, and as much is answered as providers can', async t => {
  const { requests } = await run(t, {
    config: {
      ...common,
      providers: [service('main', { max_concurrent: 2 })],
      queue: { timeout: 5, max_waiting: 20 },
    },
    scenario: { rps: 40, minutes: 3, providers: { main: { total_ms: 100 } } },
  })
  t.ok(isNear(requests.answered_per_second, 20, 0.02), `${requests.answered_per_second} per second`)
  t.same(Object.keys(requests.failures), ['queue_full'])
  t.equal(requests.begun, requests.answered + requests.failed)
})

t.test('steady requests that fit never wait', async t => {
  const { queue, requests } = await run(t, {
    config: { ...common, providers: [service('main', { max_concurrent: 1 })] },
    scenario: { rps: 8, minutes: 2, arrivals: 'steady', providers: { main: { total_ms: 124 } } },
  })
  t.same([requests.begun, requests.answered, queue.waited], [959, 959, 0])
})
