import t from 'tap'
import type { Test } from 'tap'
import {
  answer,
  blackHole,
  closedPort,
  completion,
  error,
  gate,
  hold,
  sequence,
  stream,
  write,
} from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { dataOf, textOf } from './client.ts'
import { checkedError, errorOf } from './error-shape.ts'
import { TestClock } from '../test-clock.ts'
import { serve, until } from './serve.ts'
import type { Served } from './serve.ts'

const kinds = [{}, { stream: true }]
/** Seconds of the limit that runs out; all others are longer. */
const limit = 50

/** No stream begins before its answer: it would have no status any more. */
const late = { stream_commit: 10 * limit }

/** Lets the limit run out once the first provider has its n-th request. */
async function runsOut(clock: TestClock, { fakes }: Served, n = 1): Promise<void> {
  await fakes[0]!.waitFor(n)
  await clock.pass(limit)
}

/** Ways of not answering in time, and the timeout that ends each. */
const silent: Readonly<Record<string, Action>> = {
  'no head': hold(),
  'half a body': completion('late', { cut: { at: 20, by: hold() } }),
  'comments alone': stream([write(': waiting\n\n'), hold()], { role: false }),
  'a role alone': stream([hold()]),
}

for (const [name, script] of Object.entries(silent)) {
  t.test(`without another provider, ${name} in time is a 504, and the call ends`, async t => {
    const clock = TestClock.start(t)
    for (const fields of kinds) {
      const server = await serve(t, [script], { config: { ...late, timeouts: { request: limit } } })
      const asking = server.client.ask(fields)
      await runsOut(clock, server)
      const heard = await asking
      t.equal(heard.status, 504)
      t.match(errorOf(t, heard), { code: 'upstream_timeout', type: 'upstream_timeout' })
      await server.fakes[0]!.requests[0]!.aborted
    }
  })

  t.test(`${name} in time is hidden from the client if another provider answers`, async t => {
    const clock = TestClock.start(t)
    for (const fields of kinds) {
      const server = await serve(t, [script, answer('healthy')], { entries: [{ timeout: limit }] })
      const first = server.client.ask(fields)
      await runsOut(clock, server)
      t.equal(textOf(await first), 'healthy')
      t.equal(await server.status('a'), 'degraded', 'the request may be what takes long')
      const second = server.client.ask(fields)
      await runsOut(clock, server, 2)
      t.equal(textOf(await second), 'healthy')
      t.strictSame(server.received, [2, 2])
    }
  })
}

t.test('a provider can have its own timeout, and the first token a separate one', async t => {
  const clock = TestClock.start(t)
  const own = await serve(t, [hold()], { entries: [{ timeout: limit }] })
  const whole = own.client.ask()
  await runsOut(clock, own)
  t.equal((await whole).status, 504)
  const first = await serve(t, [hold()], { config: { ...late, timeouts: { first_token: limit } } })
  const streamed = first.client.ask({ stream: true })
  await runsOut(clock, first)
  t.equal((await streamed).status, 504)
})

t.test('a stream that stalls after content ends with an error, however many comments arrive', async t => {
  for (const rest of [hold(), sequence(write(': ping\n\n'), write(': ping\n\n'), hold())]) {
    const server = await serve(t, [stream(['one ', rest])], { config: { timeouts: { idle: 0.2 } } })
    const { text, status } = await server.client.ask({ stream: true })
    t.equal(status, 200)
    t.match(checkedError(t, dataOf(text).at(-1)!), { code: 'upstream_timeout' })
    t.notOk(dataOf(text).includes('[DONE]'))
    await server.fakes[0]!.requests[0]!.aborted
  }
})

t.test('no retry or failover outlives the timeout that a client says it has', async t => {
  const clock = TestClock.start(t)
  const headers = { 'x-stainless-timeout': String(limit) }
  for (const fields of kinds) {
    const server = await serve(t, [hold(), answer('too late')], { config: late })
    const asking = server.client.ask(fields, headers)
    await runsOut(clock, server)
    const heard = await asking
    t.equal(heard.status, 504)
    t.match(errorOf(t, heard), { code: 'deadline_exceeded', message: /client gives up after/ })
    t.strictSame(server.received, [1, 0], 'no time is left to ask another')
    t.match((await server.providers())[0], { failures: 0 }, 'and it is not the failure of the one asked')
  }
})

t.test('the deadline of the request ends it at any stage', async t => {
  const clock = TestClock.start(t)
  const config = { ...late, timeouts: { total: limit } }
  await t.test('before an answer', async t => {
    for (const fields of kinds) {
      const server = await serve(t, [hold(), answer('too late')], { config })
      const asking = server.client.ask(fields)
      await runsOut(clock, server)
      const heard = await asking
      t.equal(heard.status, 504)
      t.match(errorOf(t, heard), { code: 'deadline_exceeded' })
      t.equal(heard.headers['x-should-retry'], 'false')
      t.strictSame(server.received, [1, 0], 'no time is left to ask another')
      t.match((await server.providers())[0], { failures: 0 }, 'and it is not the failure of the one asked')
    }
  })
  await t.test('in a stream', async t => {
    const server = await serve(t, [stream(['one ', hold()])], { config })
    const streaming = server.client.open().ask({ stream: true })
    await streaming.hears('one ')
    await clock.pass(limit)
    await streaming.hears('"code":"deadline_exceeded"')
    t.match(checkedError(t, dataOf(streaming.text).at(-1)!), { code: 'deadline_exceeded' })
  })
  await t.test('in the queue', async t => {
    const open = gate()
    const server = await serve(t, [sequence(hold(open), answer())], {
      config: late,
      entries: [{ max_concurrent: 1 }],
    })
    const first = server.client.ask()
    await server.fakes[0]!.waitFor(1)
    for (const fields of kinds) {
      const waiting = server.client.ask({ ...fields, hulumanage_budget: { seconds: limit } })
      await until(() => server.running.app.inFlight.size === 2)
      await clock.pass(limit)
      const heard = await waiting
      t.equal(heard.status, 504)
      t.match(errorOf(t, heard), { code: 'budget_time' })
    }
    open.release()
    t.equal((await first).status, 200)
    t.strictSame(server.received, [1], 'who waited is never sent')
  })
  await t.test('between rounds of an approach', async t => {
    const server = await serve(t, [[answer(['a', 'b', 'c']), hold(), hold(), hold()]], { config })
    const asking = server.client.ask({ hulumanage_approach: 'bon' })
    await runsOut(clock, server, 4)
    const heard = await asking
    t.equal(heard.status, 200, 'the best answer so far is the answer')
    t.equal(heard.headers['x-hulumanage-budget'], 'seconds')
  })
})

t.test('a port that refuses or never connects is skipped, and reported if there is no other', async t => {
  const deaf: [string, (t: Test) => Promise<string>, number, string][] = [
    ['refuses', closedPort, 503, 'upstream_unreachable'],
    ...(process.platform === 'linux'
      ? [['never connects', blackHole, 504, 'upstream_timeout'] as const]
      : []),
  ].map(row => [...row] as [string, (t: Test) => Promise<string>, number, string])
  for (const [name, portOf, status, code] of deaf) {
    await t.test(name, async t => {
      const entry = { name: 'z', base_url: await portOf(t) }
      // A connection to the healthy one takes less, also on a busy machine.
      const config = { timeouts: { connect: 1 } }
      const alone = await serve(t, [], { config, more: [entry] })
      const first = await alone.client.ask()
      t.equal(first.status, status)
      t.match(errorOf(t, first), { code })
      const second = await alone.client.ask()
      t.equal(second.status, status)
      t.match(errorOf(t, second), { code })
      const both = await serve(t, [answer('healthy')], {
        config: { ...config, routing: { strategy: 'round_robin' } },
        more: [entry],
      })
      for (let n = 0; n < 4; n++) t.equal(textOf(await both.client.ask({ stream: n % 2 === 0 })), 'healthy')
      t.equal(await both.status('z'), 'unhealthy')
    })
  }
})

t.test('a failure shown by health checks reveals no address to a client', async t => {
  const entry = { name: 'z', base_url: await closedPort(t) }
  const server = await serve(t, [], {
    config: { routing: { failure_threshold: 1, health_check: { enabled: true, interval: 0.05 } } },
    more: [entry],
  })
  let heard = await server.client.ask()
  for (let n = 0; n < 20; n++) {
    errorOf(t, heard)
    heard = await server.client.ask()
  }
  t.match(errorOf(t, heard), { code: 'upstream_unreachable' })
})

t.test('a provider that restarts costs no client an error', async t => {
  const server = await serve(t, [answer('a'), answer('b')], {
    config: { routing: { strategy: 'round_robin' } },
  })
  const [fake] = server.fakes
  for (let n = 0; n < 8; n++) await server.client.ask()
  await fake!.stop()
  for (let n = 0; n < 8; n++) t.equal((await server.client.ask({ stream: n % 2 === 0 })).status, 200)
  await fake!.start()
  for (let n = 0; n < 8; n++) t.equal((await server.client.ask({ stream: n % 2 === 0 })).status, 200)
})

t.test('a connection that the provider closed while idle is replaced without an error', async t => {
  const server = await serve(t, [answer()])
  const [fake] = server.fakes
  t.equal((await server.client.ask()).status, 200)
  await fake!.stop()
  await fake!.start()
  t.equal((await server.client.ask()).status, 200)
  t.match((await server.providers())[0], { failures: 0, status: 'healthy' })
})

t.test('a provider that fails every request is taken out', async t => {
  const config = { routing: { cooldown: 600, max_cooldown: 600 } }
  const server = await serve(t, [error(500), answer()], { config })
  for (let n = 0; n < 6; n++) t.equal((await server.client.ask()).status, 200)
  t.equal(await server.status('a'), 'unhealthy')
  t.strictSame(server.received, [3, 6])
})

t.test('an answer that has arrived when its time is up is read', async t => {
  const clock = TestClock.start(t)
  const text = JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'in time' }, finish_reason: 'stop' }],
  })
  const answered: Action = async exchange => {
    await exchange.raw(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    )
    await clock.pass(limit)
  }
  const server = await serve(t, [answered], { config: { timeouts: { request: limit } } })
  t.equal(textOf(await server.client.ask()), 'in time')
})
