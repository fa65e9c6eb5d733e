import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { withReplacedGlobals } from '../../../src/simulation/clock/replaced-globals.ts'
import { VirtualTime } from '../../../src/simulation/clock/virtual-time.ts'

/** Runs `work` on a virtual clock until it has ended; returns what it returns. */
async function onVirtualTime<T>(work: () => Promise<T>): Promise<T> {
  const time = new VirtualTime()
  return await withReplacedGlobals({ time, startedAt: 1_000_000_000, random: () => 0.25 }, async () => {
    let isOver = false
    const running = work().finally(() => (isOver = true))
    await time.run(() => isOver)
    return await running
  })
}

t.test('an hour of waiting takes no time, and every clock agrees about it', async t => {
  const real = performance.now()
  const seen = await onVirtualTime(async () => {
    const [from, wall] = [performance.now(), Date.now()]
    await sleep(3_600_000)
    return { passed: performance.now() - from, wall, now: Date.now() }
  })
  t.equal(seen.passed, 3_600_000)
  t.same([seen.wall, seen.now], [1_000_000_000, 1_003_600_000])
  t.ok(performance.now() - real < 3_600_000, 'the real clock is back')
})

t.test('promises settle between two events, and timers fire in the order of their times', async t => {
  const seen = await onVirtualTime(async () => {
    const order: string[] = []
    setTimeout(() => order.push('late'), 20)
    setTimeout(() => {
      order.push('first')
      void Promise.resolve()
        .then(() => order.push('its promise'))
        .then(() => order.push('the next one'))
      process.nextTick(() => order.push('its tick'))
    }, 10)
    setTimeout(() => order.push('second'), 10)
    setImmediate(() => order.push('at once'))
    await sleep(30)
    return order
  })
  t.same(seen, ['at once', 'first', 'its tick', 'its promise', 'the next one', 'second', 'late'])
})

t.test('a timer that is cleared does not fire, and one that is refreshed waits again', async t => {
  const seen = await onVirtualTime(async () => {
    const fired: string[] = []
    const from = performance.now()
    const at = (name: string) => () => fired.push(`${name} at ${performance.now() - from}`)
    const cleared = setTimeout(at('cleared'), 10)
    const refreshed = setTimeout(at('refreshed'), 10)
    const repeated = setInterval(at('repeated'), 8).unref()
    await sleep(5)
    clearTimeout(cleared)
    refreshed.refresh()
    await sleep(14)
    clearInterval(repeated)
    await sleep(100)
    return fired
  })
  t.same(seen, ['repeated at 8', 'refreshed at 15', 'repeated at 16'])
})

t.test('waits and signals end early when they are aborted', async t => {
  const seen = await onVirtualTime(async () => {
    const from = performance.now()
    const reason = await sleep(60_000, undefined, { signal: AbortSignal.timeout(250) }).then(
      () => undefined,
      (error: Error) => error.name,
    )
    return { reason, passed: performance.now() - from }
  })
  t.same(seen, { reason: 'TimeoutError', passed: 250 })
})

t.test('everything is put back, also after a failure', async t => {
  const names = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout'] as const
  const functions = () => [...names.map(name => globalThis[name]), Math.random, Date.now, sleep]
  const before = functions()
  await t.rejects(
    onVirtualTime(() => {
      t.equal(Math.random(), 0.25)
      return Promise.reject(new Error('a fault'))
    }),
    { message: 'a fault' },
  )
  const after = functions()
  t.ok(before.every((one, index) => one === after[index]))
  t.notOk(Object.hasOwn(performance, 'now'), 'it is inherited again')
})

t.test('a callback that throws ends the run', async t => {
  const time = new VirtualTime()
  time.after(5, () => {
    throw new Error('a fault')
  })
  await t.rejects(
    time.run(() => false),
    { message: 'a fault' },
  )
})
