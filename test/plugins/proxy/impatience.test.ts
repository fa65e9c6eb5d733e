import { mock } from 'node:test'
import t from 'tap'
import { AttemptTimer } from '../../../src/attempt/attempt-timer.ts'
import { textOf } from '../../matrix/client.ts'
import { serve } from '../../matrix/serve.ts'
import { hold, stream } from '../../fake-provider.ts'

const silent = stream([hold()], { role: false, finish: null, done: false })
/** A third of the request's time is well before its deadline, and all of it is after it. */
const timeouts = { request: 3, total: 2 }

t.test('a silent stream goes to another provider before its time is up', async t => {
  const server = await serve(t, [silent, stream(['b'])], { config: { timeouts } })
  t.equal(textOf(await server.client.ask({ stream: true })), 'b')
})

t.test('a model that is known to think, or a limit that somebody has set, is waited for', async t => {
  const settings = [
    { fields: { reasoning_effort: 'low' }, config: { timeouts } },
    { fields: {}, config: { timeouts: { ...timeouts, first_token: 3 } } },
  ]
  for (const { fields, config } of settings) {
    const server = await serve(t, [silent, stream(['b'])], { config })
    t.match(JSON.parse((await server.client.ask({ stream: true, ...fields })).text), {
      error: { code: 'deadline_exceeded' },
    })
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
