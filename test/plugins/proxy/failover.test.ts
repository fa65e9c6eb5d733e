import t from 'tap'
import { configSchema } from '../../../src/config/schema.ts'
import { ask, callOf } from '../../call.ts'
import { answer, closedPort, error, gate, stream } from '../../fake-provider.ts'
import { entryOf, proxyFrom, proxyOver, received } from './proxy.ts'

const failing = error(500)

t.test('300 requests at 2:1 reach the providers exactly 200 and 100 times', async t => {
  const { fakes, send } = await proxyOver(t, [answer(), answer()], {}, [{ weight: 2 }])
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 10 }, async () => await (await send()).text()))
  }
  t.strictSame(received(fakes), [200, 100])
})

t.test('a failed provider is followed by the next, each asked at most once', async t => {
  const { fakes, send } = await proxyOver(t, [failing, failing, answer('from c')])
  t.equal(await (await send()).text(), 'from c')
  t.strictSame(received(fakes), [1, 1, 1])
})

t.test('fallback_only is asked in the same request, after all others', async t => {
  const { fakes, send } = await proxyOver(t, [answer('backup'), failing, failing], {}, [
    { fallback_only: true },
  ])
  const call = callOf()
  t.equal(await (await send(ask(), call)).text(), 'backup')
  t.strictSame(received(fakes), [1, 1, 1])
  t.equal(call.reports.at(-1)?.provider, 'a')
})

t.test(
  'a fault of the request is passed on after one attempt and does not count against the provider',
  async t => {
    const { fakes, pool, send } = await proxyOver(t, [error(400), error(400)])
    for (let time = 0; time < 10; time++) await t.rejects(send(), { code: 'upstream_rejected', status: 400 })
    t.equal(fakes[0]!.requests.length + fakes[1]!.requests.length, 10)
    t.strictSame(
      ['a', 'b'].map(name => pool.get(name)?.state.status),
      ['healthy', 'healthy'],
    )
  },
)

t.test('a refused key fails over and never reaches the client as 401', async t => {
  const { send, pool } = await proxyOver(t, [error(401), answer('ok')], {
    routing: { strategy: 'failover' },
  })
  t.equal(await (await send()).text(), 'ok')
  t.equal(pool.get('a')?.state.status, 'unhealthy')
  const alone = await proxyOver(t, [error(401)])
  await t.rejects(alone.send(), { code: 'upstream_auth', status: 502, shouldRetry: false })
})

t.test(
  'a limited provider gets no calls until its Retry-After; if all are limited, the client gets the shortest wait',
  async t => {
    const { fakes, send } = await proxyOver(t, [
      error(429, undefined, { 'retry-after': '30' }),
      error(429, undefined, { 'retry-after': '7' }),
    ])
    await t.rejects(send(), { code: 'rate_limit_exceeded', status: 429 })
    // Some of the seven seconds may be over.
    await t.rejects(send(), { code: 'rate_limit_exceeded', retryAfter: /^[1-7]$/ })
    t.strictSame(received(fakes), [1, 1])
  },
)

t.test(
  "when all providers have failed, the error is the last one's, with every attempt in the cause",
  async t => {
    const { send } = await proxyOver(t, [failing, failing])
    try {
      await send()
      t.fail('it must not answer')
    } catch (thrown) {
      t.match(thrown, { code: 'upstream_error', status: 502 })
      t.equal(((thrown as Error).cause as AggregateError).errors.length, 2)
    }
  },
)

t.test('when every provider is out, the one that is due first is asked, with the same error', async t => {
  const url = await closedPort(t)
  const { send } = proxyFrom(t, { providers: [entryOf(url, 0), entryOf(url, 1)] })
  await t.rejects(send(), { code: 'upstream_unreachable', status: 503 })
  await t.rejects(send(), { code: 'upstream_unreachable', status: 503, retryAfter: Number })
})

t.test('a provider without the model is skipped, and asked for other models', async t => {
  const { fakes, send } = await proxyOver(t, [answer(), answer()], {}, [
    { models: ['gpt-3'] },
    { models: ['gpt-4'] },
  ])
  await send(ask('x', { model: 'gpt-4' }))
  await send(ask('x', { model: 'gpt-3' }))
  t.strictSame(received(fakes), [1, 1])
  await t.rejects(send(ask('x', { model: 'gpt-5' })), { code: 'model_not_found', status: 404 })
})

t.test('a mapped model is sent to each provider under its own name', async t => {
  const { fakes, send } = await proxyOver(t, [answer(), answer()], {}, [
    { model_map: { 'gpt-4': 'gpt-4-deployment-001' } },
  ])
  await send()
  await send()
  t.strictSame(
    fakes.map(fake => fake.requests[0]?.body['model']),
    ['gpt-4-deployment-001', 'gpt-4'],
  )
})

t.test('a stream that fails before content is answered by another provider, invisibly', async t => {
  const { send } = await proxyOver(t, [stream([], { finish: null, done: false }), stream(['whole'])])
  const reply = await send(ask('x', { stream: true }))
  t.equal(await reply.text(), 'whole')
  t.equal(reply.head.provider, 'b')
})

t.test('a stream that breaks after content counts against its provider', async t => {
  const { fakes, pool, send } = await proxyOver(
    t,
    [stream(['part'], { finish: null, done: false }), answer()],
    { routing: { stream_recovery: 'off' } },
  )
  await t.rejects((await send(ask('x', { stream: true }))).text(), { code: 'upstream_truncated' })
  t.strictSame(received(fakes), [1, 0])
  t.equal(pool.get('a')?.state.counts.failures, 1)
})

t.test('max_concurrent is exact: never more calls, and never fewer while others wait', async t => {
  const open = gate()
  const { fakes, pool, slots, send } = await proxyOver(t, [undefined], {}, [{ max_concurrent: 3 }])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer()
  })
  const replies = Array.from({ length: 9 }, () => send())
  await fakes[0]!.waitFor(3)
  t.equal(pool.get('a')?.active, 3)
  t.equal(slots.waiting, 6)
  for (let done = 1; done <= 6; done++) {
    open.step()
    await fakes[0]!.waitFor(3 + done)
    t.ok((pool.get('a')?.active ?? 0) <= 3)
  }
  open.release()
  t.equal((await Promise.all(replies)).length, 9)
})

t.test('a balancing strategy takes an idle provider while another is full', async t => {
  const open = gate()
  const { fakes, send } = await proxyOver(t, [undefined, answer()], {}, [{ max_concurrent: 1, weight: 100 }])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer()
  })
  const first = send()
  await fakes[0]!.waitFor(1)
  await Promise.all([send(), send(), send()])
  t.strictSame(received(fakes), [1, 3])
  open.release()
  await first
})

t.test('failover waits slot_wait for the preferred provider, then takes the next', async t => {
  const open = gate()
  const routing = { strategy: 'failover', slot_wait: 0.02 }
  const { fakes, send } = await proxyOver(t, [undefined, answer('second')], { routing }, [
    { max_concurrent: 1 },
  ])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer('first')
  })
  const first = send()
  await fakes[0]!.waitFor(1)
  t.equal(await (await send()).text(), 'second')
  open.release()
  t.equal(await (await first).text(), 'first')
})

t.test('failover takes the preferred provider if it becomes free within slot_wait', async t => {
  const open = gate()
  const routing = { strategy: 'failover', slot_wait: 30 }
  const { fakes, send, slots } = await proxyOver(t, [undefined, answer('second')], { routing }, [
    { max_concurrent: 1 },
  ])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer('first')
  })
  const [one, two] = [send(), send()]
  await fakes[0]!.waitFor(1)
  t.equal(slots.waiting, 1)
  open.release()
  t.equal(await (await one).text(), 'first')
  t.equal(await (await two).text(), 'first')
})

t.test('a full queue refuses at once, and a wait ends after queue.timeout', async t => {
  const open = gate()
  const queue = { max_waiting: 1, timeout: 0.02 }
  const { fakes, send } = await proxyOver(t, [undefined], { queue }, [{ max_concurrent: 1 }])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer()
  })
  const first = send()
  await fakes[0]!.waitFor(1)
  const waiting = send()
  await t.rejects(send(), { code: 'queue_full', retryAfter: Number })
  await t.rejects(waiting, { code: 'queue_timeout', status: 503, retryAfter: Number })
  open.release()
  await first
})

t.test('the call of a client that leaves the queue is never sent', async t => {
  const open = gate()
  const { fakes, send } = await proxyOver(t, [undefined], {}, [{ max_concurrent: 1 }])
  fakes[0]!.script(async () => {
    await open.pass()
    return answer()
  })
  const first = send()
  await fakes[0]!.waitFor(1)
  const call = callOf('leaver')
  const waiting = send(ask(), call)
  call.controller.abort(new Error('gone'))
  await t.rejects(waiting, { message: 'gone' })
  open.release()
  await first
  t.strictSame(received(fakes), [1])
})

t.test('a reload keeps connections and counts of unchanged providers and lets old calls finish', async t => {
  const open = gate()
  const { fakes, pool, currentConfig, send } = await proxyOver(t, [undefined, answer()], {
    routing: { strategy: 'failover' },
  })
  fakes[0]!.script(async () => {
    await open.pass()
    return answer('old')
  })
  const running = send()
  await fakes[0]!.waitFor(1)
  const next = configSchema.parse({ providers: [entryOf(fakes[1]!.url, 1)] })
  const { provider, state } = pool.get('b')!
  currentConfig.replace(next)
  pool.update(next)
  t.equal(pool.get('b')?.provider, provider)
  t.equal(pool.get('b')?.state, state)
  t.equal(pool.get('a'), undefined)
  open.release()
  t.equal(await (await running).text(), 'old')
  t.equal(await (await send()).text(), 'ok')
})
