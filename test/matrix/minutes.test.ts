// Limits and silences that take minutes, at the whole server, on a clock that the test sets ahead.
import t from 'tap'
import { answer, gate, hold, sequence, stream, write } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { TestClock } from '../test-clock.ts'
import { textOf } from './client.ts'
import { serve } from './serve.ts'

t.test('no 60 s have more calls than the rpm of a provider, whenever clients send them', async t => {
  const clock = TestClock.start(t)
  const rpm = 10
  const entries = [{ rate_limit: { rpm } }]
  const { client, fakes } = await serve(t, [answer()], { entries, config: { queue: { timeout: 1 } } })
  const calledAt: number[] = []
  let refused = 0
  while (calledAt.length < 3.5 * rpm) {
    const heard = await client.ask()
    if (heard.status === 200) calledAt.push(performance.now())
    else {
      refused += 1
      t.equal(heard.status, 429)
      const seconds = Number(heard.headers['retry-after'])
      t.ok(seconds > 0 && seconds <= 62, `told to come back in ${seconds} s`)
      // Some clients come back too early.
      await clock.pass(refused % 2 === 0 ? seconds : seconds / 3)
    }
    await clock.pass(1.5)
  }
  t.equal(fakes[0]!.requests.length, calledAt.length, 'a call that was refused was not sent')
  const busiest = calledAt.map(from => calledAt.filter(at => at >= from && at < from + 60_000).length)
  t.ok(Math.max(...busiest) <= rpm, `${Math.max(...busiest)} calls within 60 s`)
  t.ok(refused > 3)
})

/** Answers that begin, or come as a whole, once `done` has ended. */
const slow: Readonly<Record<string, (done: Action) => Action>> = {
  'a whole answer': done => sequence(done, answer('thought')),
  'a silent stream': done => stream([done, 'thought']),
  'a stream of comments': done =>
    stream([write(': PROCESSING\n\n'), done, write(': PROCESSING\n\n'), 'thought']),
}

for (const [name, scripted] of Object.entries(slow)) {
  t.test(
    `${name} of a server nearby, which may have to load its model, may take minutes and harms nobody`,
    async t => {
      const clock = TestClock.start(t)
      const thought = gate()
      const server = await serve(t, [[scripted(hold(thought)), answer('quick')]])
      const { client, fakes } = server
      const asking = client.ask({ model: 'large', stream: !name.includes('whole') })
      await fakes[0]!.waitFor(1)
      await clock.pass(200)
      t.equal(textOf(await client.ask({ model: 'small' })), 'quick')
      thought.release()
      t.equal(textOf(await asking), 'thought')
      t.equal(await server.status('a'), 'healthy')
      t.equal(fakes[0]!.requests.length, 2)
    },
  )
}
