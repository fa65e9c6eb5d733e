import { scheduler, setInterval as beats, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
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
  t.same(seen, { reason: 'AbortError', passed: 250 })
})

t.test('every way of waiting by promises keeps to the virtual clock', async t => {
  const seen = await onVirtualTime(async () => {
    const from = performance.now()
    const passed = () => performance.now() - from
    const times: unknown[] = [await promisify(setTimeout)(60_000, 'its value'), passed()]
    times.push(await promisify(setImmediate)('at once'), passed())
    await scheduler.wait(40_000)
    await scheduler.yield()
    times.push(passed())
    for await (const beat of beats(1_000, 'beat')) {
      times.push(beat, passed())
      // The beat that comes meanwhile is not lost.
      if (passed() === 101_000) await sleep(1_500)
      if (passed() === 103_000) break
    }
    return times
  })
  t.same(seen.slice(0, 5), ['its value', 60_000, 'at once', 60_000, 100_000])
  t.same(seen.slice(5), ['beat', 101_000, 'beat', 102_500, 'beat', 103_000])
})

t.test('an aborted wait rejects as a real one does', async t => {
  const reason = new Error('the reason')
  const abort = async (wait: (signal: AbortSignal) => Promise<unknown>): Promise<unknown[]> => {
    const controller = new AbortController()
    const waiting = wait(controller.signal).then(
      () => [],
      (error: NodeJS.ErrnoException) => [error.name, error.code, error.message, error.cause === reason],
    )
    controller.abort(reason)
    return await waiting
  }
  const ended = AbortSignal.abort(reason)
  const failures = async () => [
    await abort(signal => sleep(60_000, undefined, { signal })),
    await abort(signal => promisify(setTimeout)(60_000, undefined, { signal })),
    await abort(signal => scheduler.wait(60_000, { signal })),
    await abort(signal => beats(60_000, undefined, { signal }).next()),
    await abort(() => sleep(60_000, undefined, { signal: ended })),
    await abort(() => beats(60_000, undefined, { signal: ended }).next()),
  ]
  const real = await failures()
  t.same(await onVirtualTime(failures), real)
  t.same(new Set(real.flat()), new Set(['AbortError', 'ABORT_ERR', 'The operation was aborted', true]))
})

t.test('a date that is made without values is one of the virtual clock', async t => {
  const seen = await onVirtualTime(async () => {
    await sleep(5_000)
    const date = new Date()
    return {
      time: date.getTime(),
      isDate: date instanceof Date,
      text: Date() === date.toString(),
      given: [new Date(7).getTime(), new Date('1970-01-01T00:00:02Z').getTime(), Date.UTC(1970, 0, 2)],
    }
  })
  t.same(seen, { time: 1_000_005_000, isDate: true, text: true, given: [7, 2_000, 86_400_000] })
  t.ok(new Date().getTime() > 1_000_005_000, 'the real one is back')
})

t.test('everything is put back, also after a failure', async t => {
  const names = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout'] as const
  const functions = () => [...names.map(name => globalThis[name]), Math.random, Date, Date.now, sleep]
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
  t.notOk(Object.hasOwn(scheduler, 'wait'), 'so is this')
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
