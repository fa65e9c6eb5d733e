import { mock } from 'node:test'
import t from 'tap'
import { AttemptTimer } from '../../../src/attempt/attempt-timer.ts'
import { textOf } from '../../matrix/client.ts'
import { serve } from '../../matrix/serve.ts'
import type { Served } from '../../matrix/serve.ts'
import { hold, stream } from '../../fake-provider.ts'
import { TestClock } from '../../test-clock.ts'

const silent = stream([hold()], { role: false, finish: null, done: false })
/** A third of the request's time is well before its deadline, and all of it is after it. */
const timeouts = { request: 300, total: 200 }
/** No stream begins before its answer: it would have no status any more. */
const stream_commit = 600

/** Lets seconds pass once the first provider has sent the head of its answer. */
async function passes(clock: TestClock, { fakes, client }: Served, seconds: number): Promise<void> {
  await fakes[0]!.waitFor(1)
  // Meanwhile the server reads the head.
  await client.get('/health')
  await clock.pass(seconds)
}

t.test('a silent stream goes to another provider before its time is up', async t => {
  const clock = TestClock.start(t)
  const server = await serve(t, [silent, stream(['b'])], { config: { timeouts, stream_commit } })
  const asking = server.client.ask({ stream: true })
  await passes(clock, server, 101)
  t.equal(textOf(await asking), 'b')
})

t.test('a model that is known to think, or a limit that somebody has set, is waited for', async t => {
  const clock = TestClock.start(t)
  const settings = [
    { fields: { reasoning_effort: 'low' }, config: { timeouts, stream_commit } },
    { fields: {}, config: { timeouts: { ...timeouts, first_token: 300 }, stream_commit } },
  ]
  for (const { fields, config } of settings) {
    const server = await serve(t, [silent, stream(['b'])], { config })
    const asking = server.client.ask({ stream: true, ...fields })
    await passes(clock, server, 200)
    t.match(JSON.parse((await asking).text), { error: { code: 'deadline_exceeded' } })
    t.strictSame(server.received, [1, 0])
  }
})

t.test('a timer with impatience runs out early, or after all of the time that it is told then', async t => {
  mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] })
  t.teardown(() => mock.timers.reset())
  const ends: string[] = []
  const begin = (name: string, limitMs: number) => {
    new AttemptTimer(() => ends.push(name)).start('first_token', 900, {
      afterMs: 300,
      limitMs: () => limitMs,
    })
  }
  begin('early', 300)
  begin('later', 500)
  begin('whole', 900)
  const endsAt = (ms: number) => {
    mock.timers.tick(ms)
    mock.timers.tick(1)
    return ends.join(' ')
  }
  t.equal(endsAt(298), '')
  t.equal(endsAt(2), 'early')
  t.equal(endsAt(190), 'early')
  t.equal(endsAt(20), 'early later')
  t.equal(endsAt(370), 'early later')
  t.equal(endsAt(40), 'early later whole')
})
