import t from 'tap'
import type { Test } from 'tap'
import { answer, error, flood, gate, head, hold, sequence, stream } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { dataOf, textOf } from '../../matrix/client.ts'
import { TestClock } from '../../test-clock.ts'
import { errorOf } from '../../matrix/error-shape.ts'
import { until } from '../../matrix/serve.ts'
import type { Served } from '../../matrix/serve.ts'
import { clear, serveCached, statusOf } from './cache.ts'

/** Resolves when `count` requests are in flight. */
async function inFlight(t: Test, server: Served, count: number): Promise<void> {
  await until(() => server.running.app.inFlight.size === count)
  t.equal(server.running.app.inFlight.size, count)
}

/** A script whose first answer waits at a gate. */
function held(what: Action = answer('first')) {
  const barrier = gate()
  return { barrier, script: [sequence(hold(barrier), what), answer('second'), answer('third')] as const }
}

for (const streams of [false, true]) {
  t.test(`a hundred identical concurrent requests make one call (stream: ${streams})`, async t => {
    const { barrier, script } = held()
    const server = await serveCached(t, [script])
    const asked = Array.from({ length: 100 }, () => server.client.ask({ stream: streams }))
    await inFlight(t, server, 100)
    barrier.release()
    const heard = await Promise.all(asked)
    t.strictSame([...new Set(heard.map(textOf))], ['first'])
    const statuses = heard.map(statusOf)
    t.equal(statuses.filter(status => status === 'miss').length, 1)
    t.equal(statuses.filter(status => status === 'hit').length, 99)
    t.strictSame(server.received, [1])
    t.equal(statusOf(await server.client.ask()), 'hit', 'and it is stored')
  })

  t.test(`when the first client leaves, the call continues for the others (stream: ${streams})`, async t => {
    const { barrier, script } = held()
    const server = await serveCached(t, [script])
    const leader = server.client.open().ask({ stream: streams })
    await server.fakes[0]!.waitFor(1)
    const followers = [server.client.ask({ stream: streams }), server.client.ask({ stream: !streams })]
    await inFlight(t, server, 3)
    leader.leave()
    await inFlight(t, server, 2)
    barrier.release()
    for (const heard of await Promise.all(followers)) t.equal(textOf(heard), 'first')
    t.strictSame(server.received, [1])
    t.equal(statusOf(await server.client.ask()), 'hit')
  })

  t.test(
    `when all clients leave, the call is aborted and nothing is stored (stream: ${streams})`,
    async t => {
      const { script } = held()
      const server = await serveCached(t, [script])
      const clients = [server.client.open().ask({ stream: streams })]
      const received = await server.fakes[0]!.waitFor(1)
      clients.push(server.client.open().ask({ stream: streams }))
      await inFlight(t, server, 2)
      for (const client of clients) client.leave()
      await received.aborted
      const heard = await server.client.ask()
      t.equal(statusOf(heard), 'miss')
      t.equal(textOf(heard), 'second')
    },
  )

  t.test(
    `an error reaches all waiters, and the next request makes a new call (stream: ${streams})`,
    async t => {
      const { barrier, script } = held(error(500))
      const server = await serveCached(t, [script])
      const asked = [1, 2, 3].map(() => server.client.ask({ stream: streams }))
      await inFlight(t, server, 3)
      barrier.release()
      for (const heard of await Promise.all(asked)) {
        t.equal(heard.status, 502)
        t.equal(errorOf(t, heard).code, 'upstream_error')
      }
      t.strictSame(server.received, [1])
      t.equal(textOf(await server.client.ask()), 'second')
    },
  )
}

t.test('a latecomer gets a stream from its beginning, and then as it arrives', async t => {
  const [middle, end] = [gate(), gate()]
  const server = await serveCached(t, [[stream(['one ', hold(middle), 'two ', hold(end), 'three'])]])
  const leader = server.client.open().ask({ stream: true })
  await leader.hears('one ')
  const follower = server.client.open().ask({ stream: true })
  await follower.hears('one ')
  middle.release()
  await Promise.all([leader.hears('two '), follower.hears('two ')])
  const whole = server.client.ask()
  await inFlight(t, server, 3)
  end.release()
  await Promise.all([leader.hears('[DONE]'), follower.hears('[DONE]')])
  t.equal(textOf(await whole), 'one two three')
  t.match(leader.text, /x-hulumanage-cache: miss/)
  t.match(follower.text, /x-hulumanage-cache: hit/)
  t.strictSame(server.received, [1])
})

t.test('when the first client leaves in the middle of a stream, the others continue', async t => {
  const middle = gate()
  const server = await serveCached(t, [[stream(['one ', hold(middle), 'two'])]])
  const leader = server.client.open().ask({ stream: true })
  await leader.hears('one ')
  const follower = server.client.open().ask({ stream: true })
  await follower.hears('one ')
  leader.leave()
  await inFlight(t, server, 1)
  middle.release()
  await follower.hears('[DONE]')
  t.match(follower.text, /two/)
  const heard = await server.client.ask({ stream: true })
  t.equal(statusOf(heard), 'hit', 'and it is stored')
  t.equal(textOf(heard), 'one two')
})

t.test('a stream that breaks off does so for all waiters', async t => {
  const middle = gate()
  const broken = stream(['one ', hold(middle)], { finish: null, done: false })
  const server = await serveCached(t, [[broken, answer('second')]], {
    config: { routing: { stream_recovery: 'off' } },
  })
  const asked = [server.client.ask({ stream: true })]
  await middle.reached()
  asked.push(server.client.ask({ stream: true }))
  const whole = server.client.ask()
  await inFlight(t, server, 3)
  middle.release()
  for (const { text } of await Promise.all(asked)) t.match(dataOf(text).at(-1), /upstream_truncated/)
  t.equal((await whole).status, 502)
  t.equal(textOf(await server.client.ask()), 'second')
})

t.test('an error after the time of the first request is up does not reach the others', async t => {
  const clock = TestClock.start(t)
  const { barrier, script } = held(error(500))
  const server = await serveCached(t, [script])
  const short = server.client.ask({ hulumanage_budget: { seconds: 20 } })
  await server.fakes[0]!.waitFor(1)
  await clock.pass(19)
  const patient = server.client.ask()
  await inFlight(t, server, 2)
  await clock.pass(2)
  t.equal(errorOf(t, await short).code, 'budget_time')
  barrier.release()
  t.equal(textOf(await patient), 'second')
})

t.test('a waiter whose own time is up does not affect the others', async t => {
  const { barrier, script } = held()
  const server = await serveCached(t, [script])
  const patient = server.client.ask()
  await server.fakes[0]!.waitFor(1)
  const expired = await server.client.ask({ hulumanage_budget: { seconds: 0.05 } })
  t.equal(errorOf(t, expired).code, 'budget_time')
  barrier.release()
  const heard = await patient
  t.equal(textOf(heard), 'first')
  t.equal(statusOf(heard), 'miss')
})

t.test('no-cache does not share a call that began earlier', async t => {
  const { barrier, script } = held()
  const server = await serveCached(t, [script])
  const older = server.client.ask()
  await server.fakes[0]!.waitFor(1)
  t.equal(textOf(await server.client.ask({ cache: { 'no-cache': true } })), 'second')
  barrier.release()
  t.equal(textOf(await older), 'first')
  t.equal(textOf(await server.client.ask()), 'second', 'the newer answer is stored')
})

t.test('an answer in flight when the cache is cleared is not stored', async t => {
  const { barrier, script } = held()
  const server = await serveCached(t, [script])
  const older = server.client.ask()
  await server.fakes[0]!.waitFor(1)
  await clear(server)
  barrier.release()
  t.equal(textOf(await older), 'first')
  t.equal(textOf(await server.client.ask()), 'second')
})

t.test('an endless stream takes bounded memory, and ends when its readers have left', async t => {
  const event = `data: ${JSON.stringify({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content: 'x'.repeat(1000) } }],
  })}\n\n`
  const endless = sequence(
    head(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
    flood(event),
  )
  const server = await serveCached(t, [[endless, answer('second')]], {
    config: { cache: { max_answer_bytes: 50_000 } },
  })
  const leader = server.client.open().ask({ stream: true })
  const received = await server.fakes[0]!.waitFor(1)
  await until(() => leader.text.length > 500_000)
  const other = await server.client.ask({ stream: true })
  t.equal(statusOf(other), 'miss', 'no one can join any more')
  t.equal(textOf(other), 'second')
  leader.leave()
  await received.aborted
})
