import t from 'tap'
import { answer, closedPort, error, fakeProvider, gate, hold, sequence } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { canaries } from './canaries.ts'
import { hello, textOf } from './client.ts'
import type { Heard } from './client.ts'
import { TestClock } from '../test-clock.ts'
import { errorOf } from './error-shape.ts'
import { serve, until } from './serve.ts'
import type { Served } from './serve.ts'

/** Resolves when a provider has this state. */
async function becomes(server: Served, name: string, status: string): Promise<string | undefined> {
  await until(async () => (await server.status(name)) === status)
  return await server.status(name)
}

t.test('when all are down one is asked: the same fault has the same error each time', async t => {
  const [one, two] = [await closedPort(t), await closedPort(t)]
  const server = await serve(t, [], {
    more: [
      { name: 'y', base_url: one },
      { name: 'z', base_url: two },
    ],
  })
  await server.client.ask()
  for (const fields of [{}, { stream: true }, { hulumanage_approach: 'bon' }]) {
    const heard = await server.client.ask(fields)
    t.equal(heard.status, 503)
    t.match(errorOf(t, heard), { code: 'upstream_unreachable' })
    t.ok(Number(heard.headers['retry-after']) > 0)
    t.equal(heard.headers['x-should-retry'], undefined)
  }
})

t.test('fallback_only answers in the same request as all others fail', async t => {
  const server = await serve(t, [answer('fallback'), error(500), error(503)], {
    entries: [{ fallback_only: true }],
  })
  for (const fields of [{}, { stream: true }]) t.equal(textOf(await server.client.ask(fields)), 'fallback')
  t.strictSame(server.received, [2, 2, 2])
})

t.test('with checks off, a provider recovers by one probe at a time', async t => {
  const open = gate()
  const server = await serve(t, [error(500), answer('b')], {
    config: { routing: { cooldown: 0.05, failure_threshold: 2 } },
  })
  const [fake] = server.fakes
  for (let n = 0; n < 2; n++) t.equal(textOf(await server.client.ask()), 'b')
  t.equal(await server.status('a'), 'unhealthy')
  fake!.script(sequence(hold(open), answer('a')))
  const asked: Promise<Heard>[] = []
  await until(async () => {
    const one = server.client.ask()
    asked.push(one)
    await Promise.race([one, fake!.waitFor(3)])
    return fake!.requests.length === 3
  })
  for (let n = 0; n < 5; n++)
    t.equal(textOf(await server.client.ask()), 'b', 'while one probes, others go elsewhere')
  t.equal(fake!.requests.length, 3)
  open.release()
  t.equal(textOf(await asked.at(-1)!), 'a')
  t.equal(await server.status('a'), 'healthy')
})

t.test('a provider is used again after a successful probe', async t => {
  const server = await serve(t, [error(500), answer('b')], {
    config: { routing: { cooldown: 0.05, failure_threshold: 2 } },
  })
  for (let n = 0; n < 2; n++) await server.client.ask()
  t.equal(await server.status('a'), 'unhealthy')
  server.fakes[0]!.script(answer('a'))
  await until(async () => textOf(await server.client.ask()) === 'a')
  t.equal(await server.status('a'), 'healthy')
  for (const fields of [{}, { stream: true }]) t.equal(textOf(await server.client.ask(fields)), 'a')
})

/** Endings of a probe that say nothing about its provider, and the model that it is made for. */
const undecided: Readonly<Record<string, readonly [action: Action, model: string]>> = {
  'is refused for a fault of its own': [error(400), 'm'],
  'is for a model that the provider lacks': [
    error(404, { error: { message: 'No such model', code: 'model_not_found' } }),
    'n',
  ],
  'loses its client': [hold(), 'm'],
}

for (const [what, [action, model]] of Object.entries(undecided))
  t.test(`a probe that ${what} costs no pause: the next call is the probe`, async t => {
    const server = await serve(t, [answer(), answer('b')], { config: { routing: { cooldown: 0.05 } } })
    const [fake] = server.fakes
    await fake!.stop()
    t.equal(textOf(await server.client.ask()), 'b')
    t.equal(await server.status('a'), 'unhealthy')
    await fake!.start()
    const before = fake!.requests.length
    fake!.script(action)
    await until(async () => {
      const client = server.client.open().ask({ model })
      const answered = client.hears('\r\n\r\n')
      await Promise.race([answered, fake!.waitFor(before + 1)])
      if (what === 'loses its client' && fake!.requests.length > before) client.leave()
      else await answered
      return fake!.requests.length > before
    })
    await until(async () => (await server.providers()).every(({ active }) => active === 0))
    fake!.script(answer('a'))
    t.equal(textOf(await server.client.ask()), 'a')
    t.not(await server.status('a'), 'unhealthy')
  })

t.test("checks restore an unreachable provider, without a client's request", async t => {
  const server = await serve(t, [answer('a'), answer('b')], {
    config: {
      routing: { cooldown: 600, max_cooldown: 600, health_check: { enabled: true, interval: 0.05 } },
    },
  })
  const [fake] = server.fakes
  t.equal(textOf(await server.client.ask()), 'a')
  await fake!.stop()
  t.equal(textOf(await server.client.ask()), 'b')
  t.equal(await server.status('a'), 'unhealthy')
  await fake!.start()
  t.equal(await becomes(server, 'a', 'healthy'), 'healthy')
  t.equal(textOf(await server.client.ask()), 'a')
})

t.test('a passing check does not restore a provider that fails requests; it allows a probe', async t => {
  const server = await serve(t, [error(500), answer('b')], {
    config: {
      routing: {
        failure_threshold: 1,
        cooldown: 600,
        max_cooldown: 600,
        health_check: { enabled: true, interval: 0.02 },
      },
    },
  })
  const [fake] = server.fakes
  for (let n = 0; n < 2; n++) await server.client.ask()
  t.equal(await server.status('a'), 'unhealthy')
  const before = fake!.checks.length
  await fake!.waitForCheck(before + 2)
  t.equal(await server.status('a'), 'unhealthy')
  fake!.script(answer('a'))
  await until(async () => textOf(await server.client.ask()) === 'a')
  t.equal(await server.status('a'), 'healthy')
})

t.test('a hanging check delays nothing', async t => {
  const clock = TestClock.start(t)
  const server = await serve(t, [answer('a'), answer('b')], {
    config: { routing: { health_check: { enabled: true, interval: 5, timeout: 20 } } },
  })
  server.fakes[0]!.scriptModels(hold())
  let status: string | undefined
  // Between two steps, a request goes to the server and back, as the checks of the other provider do.
  for (let step = 0; step < 50 && status !== 'unhealthy'; step++) {
    await clock.pass(5)
    status = await server.status('a')
  }
  t.equal(status, 'unhealthy')
  t.ok(server.fakes[1]!.checks.length >= 5)
  t.equal(await server.status('b'), 'healthy')
  t.equal(textOf(await server.client.ask()), 'b')
})

/** Fails requests that ask for it, whoever sends them. */
const poisoned: Action = ({ request }) => (request.text.includes('poison') ? error(500) : answer('fine'))
const poison = { messages: [{ role: 'user', content: 'poison' }] }

t.test('one request that breaks every provider takes none of them away from other requests', async t => {
  const server = await serve(t, [poisoned, poisoned], { config: { routing: { strategy: 'round_robin' } } })
  for (let n = 0; n < 10; n++) {
    const before = server.received[0]! + server.received[1]!
    const [bad, good] = await Promise.all([
      server.client.ask(poison, { 'x-request-id': 'poison' }),
      server.client.ask({ stream: n % 2 === 0 }),
    ])
    t.equal(bad.status, 502)
    t.equal(textOf(good), 'fine')
    t.ok(server.received[0]! + server.received[1]! - before <= 3, 'each provider is asked once at most')
  }
  t.notOk((await server.providers()).some(({ status }) => status === 'unhealthy'))
})

t.test('the only provider is not taken out by its errors', async t => {
  const server = await serve(t, [poisoned])
  for (let n = 0; n < 10; n++) t.equal((await server.client.ask(poison)).status, 502)
  t.equal(textOf(await server.client.ask()), 'fine')
})

t.test('a full queue refuses at once, a wait ends in time, and the provider is not asked', async t => {
  const clock = TestClock.start(t)
  const open = gate()
  const server = await serve(t, [sequence(hold(open), answer())], {
    entries: [{ max_concurrent: 1 }],
    config: { stream_commit: 600, queue: { max_waiting: 1, timeout: 20 } },
  })
  const first = server.client.ask()
  await server.fakes[0]!.waitFor(1)
  const waiting = server.client.ask({ stream: true })
  await until(() => server.running.app.inFlight.size === 2)
  const full = await server.client.ask()
  t.equal(full.status, 429)
  t.match(errorOf(t, full), { code: 'queue_full' })
  await clock.pass(20)
  const late = await waiting
  t.equal(late.status, 503)
  t.match(errorOf(t, late), { code: 'queue_timeout' })
  open.release()
  t.equal((await first).status, 200)
  t.strictSame(server.received, [1])
})

t.test('calls of an approach do not wait for each other: one slot serves bon with five', async t => {
  const server = await serve(t, [answer('a', { ignoreN: true })], { entries: [{ max_concurrent: 1 }] })
  for (const fields of [{}, { stream: true }]) {
    const heard = await server.client.ask({ ...fields, hulumanage_approach: 'bon', best_of_n: 5 })
    t.equal(textOf(heard), 'a')
  }
  const both = await Promise.all([
    server.client.ask({ hulumanage_approach: 'moa' }),
    server.client.ask({ hulumanage_approach: 'bon&moa', stream: true }),
    server.client.ask({ n: 3 }),
    server.client.ask({ n: 3, stream: true }),
  ])
  t.strictSame(
    both.map(({ status }) => status),
    [200, 200, 200, 200],
  )
})

t.test('under ten times the load some are answered, and all others told when to retry', async t => {
  const server = await serve(t, [undefined, undefined], {
    entries: [{ max_concurrent: 2 }, { max_concurrent: 2 }],
    config: { queue: { max_waiting: 4 }, routing: { strategy: 'least_busy' } },
  })
  const open = gate()
  for (const fake of server.fakes) fake.script(sequence(hold(open), answer()))
  const asked = Array.from({ length: 80 }, (_, n) => server.client.ask({ stream: n % 2 === 0 }))
  await Promise.all(server.fakes.map(fake => fake.waitFor(2)))
  const refused: Heard[] = []
  for (const one of asked) void one.then(heard => refused.push(heard))
  await until(() => refused.length === 72)
  t.equal((await server.client.get('/health')).status, 200, 'and it can still be watched')
  open.release()
  const heard = await Promise.all(asked)
  const answered = heard.filter(({ status }) => status === 200)
  t.equal(answered.length, 8, 'four running and four waiting')
  t.ok(answered.every(one => textOf(one) === 'ok'))
  for (const one of heard.filter(({ status }) => status !== 200)) {
    t.equal(one.status, 429)
    errorOf(t, one)
  }
  t.equal(textOf(await server.client.ask()), 'ok', 'and it is as before when the load is gone')
})

t.test('shares are exact through the whole server', async t => {
  const server = await serve(t, [answer(), answer()], {
    entries: [{ weight: 2 }],
    config: { routing: { strategy: 'weighted' } },
  })
  for (let n = 0; n < 30; n++) await Promise.all([server.client.ask(), server.client.ask({ stream: true })])
  t.strictSame(server.received, [40, 20])
})

t.test('a client cannot choose the address that a request is sent to', async t => {
  const elsewhere = await fakeProvider(t)
  const server = await serve(t, [answer()])
  const { url } = elsewhere
  const heard = await server.client.ask(
    { base_url: url, api_base: url, api_key: 'sk-theirs', provider: 'z' },
    { 'x-base-url': url, 'x-forwarded-host': url, forwarded: `host=${url}` },
  )
  t.equal(heard.status, 200)
  t.equal(elsewhere.requests.length, 0)
  const [sent] = server.fakes[0]!.requests
  t.equal(sent!.headers['authorization'], `Bearer ${canaries.provider}-0`)
  for (const name of ['x-base-url', 'x-forwarded-host', 'forwarded', 'cookie', 'x-api-key'])
    t.notOk(name in sent!.headers)
  t.strictSame(sent!.body['messages'], hello.messages)
})
