import { getEventListeners } from 'node:events'
import { mock } from 'node:test'
import t from 'tap'
import { HulumanageError } from '../../../src/contract/index.ts'
import type { Context, Reply } from '../../../src/contract/index.ts'
import { StreamReply } from '../../../src/chat/reply.ts'
import { approach, askedFor, client, fakeModel, setUp, steps, streamed } from '../fakes.ts'

/** A model that never answers, and remembers the signals of its calls. */
function silentModel() {
  const model = fakeModel()
  const signals: AbortSignal[] = []
  const upstream = (_request: unknown, { signal }: { signal: AbortSignal }) => {
    signals.push(signal)
    return new Promise<Reply>(() => {})
  }
  return { model: { ...model, upstream }, signals }
}

const reason = new HulumanageError('client_closed', 'The client has gone')

t.test('cancels calls that a step leaves behind when it settles', async t => {
  const { model, signals } = silentModel()
  const hasty = approach('hasty', async (request, ctx) => {
    void ctx.complete(request).catch(() => {})
    return 'done'
  })
  const { texts } = setUp({ all: [hasty], model })
  t.same(await texts(askedFor('hasty-x')), ['done'])
  t.ok(signals[0]!.aborted)
})

t.test('keeps the signal of a step until its reply has been read', async t => {
  const signals: AbortSignal[] = []
  const pass = approach('pass', (request, ctx) => {
    signals.push(ctx.signal)
    return ctx.complete(request)
  })
  const { runner } = setUp({ all: [pass] })
  const { reply } = await runner.run(askedFor('pass-x', {}, { stream: true }), client())
  t.notOk(signals[0]!.aborted)
  await reply.text()
  await reply.done
  t.ok(signals[0]!.aborted)
})

t.test('cancels calls left behind in a span when its work settles', async t => {
  const { model, signals } = silentModel()
  const spanning = approach('spanning', async (request, ctx) => {
    await ctx.span('left', async (inner: Context) => void inner.complete(request).catch(() => {}))
    const failed = ctx.span('failed', async inner => {
      void inner.complete(request).catch(() => {})
      throw new Error('boom')
    })
    await failed.catch(() => {})
    t.same([...signals.map(signal => signal.aborted), ctx.signal.aborted], [true, true, false])
    return 'done'
  })
  const { texts } = setUp({ all: [spanning], model })
  await texts(askedFor('spanning-x'))
})

t.test('keeps a span alive until the reply it returned has been read', async t => {
  const spanning = approach('spanning', async (request, ctx) => {
    let signal: AbortSignal | undefined
    const reply = await ctx.span('read', async inner => {
      signal = inner.signal
      return await inner.complete(request)
    })
    t.notOk(signal?.aborted)
    const text = await reply.text()
    await reply.done
    t.ok(signal?.aborted)
    return text
  })
  const model = { ...fakeModel(), upstream: async () => streamed('a') }
  const { texts } = setUp({ all: [spanning], model })
  t.same(await texts(askedFor('spanning-x')), ['a'])
})

t.test('ends hanging steps with the reason when the client disconnects', async t => {
  const { model, signals } = silentModel()
  const deaf = approach('deaf', () => new Promise(() => {}))
  const { runner } = setUp({ all: [...steps, deaf], model })
  for (const name of ['deaf-x', 'deaf|bon-x', 'bon-moa-x', 'deaf&bon-x']) {
    const who = client()
    const failed = t.rejects(runner.run(askedFor(name), who), {
      code: 'client_closed',
      message: reason.message,
    })
    who.controller.abort(reason)
    await failed
  }
  t.ok(signals.every(signal => signal.aborted))
})

t.test('reports our own abort by its reason, whatever a step turns it into', async t => {
  const wrapping = approach('wrapping', async (_request, { signal }) => {
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    throw new DOMException('This operation was aborted', 'AbortError')
  })
  const { runner } = setUp({ all: [wrapping] })
  const who = client()
  const failed = t.rejects(runner.run(askedFor('wrapping-x'), who), { code: 'client_closed' })
  who.controller.abort(reason)
  await failed
})

t.test('starts nothing after the step has settled', async t => {
  let late: Context | undefined
  const leaking = approach('leaking', async (_request, ctx) => {
    late = ctx
    return 'done'
  })
  const { runner, model } = setUp({ all: [leaking] })
  const asked = askedFor('leaking-x')
  await runner.run(asked, client())
  await t.rejects(late!.complete(asked.request), { code: 'client_closed' })
  t.equal(model.asked.length, 0)
})

t.test("leaves no listener on the client's signal", async t => {
  const { runner } = setUp()
  const who = client()
  await (await runner.run(askedFor('bon|moa-re2-x', {}, { n: 3 }), who)).reply.text()
  await t.rejects(runner.run(askedFor('bon-x', { budget: { tokens: 0 } }), who), { code: 'budget_tokens' })
  t.equal(getEventListeners(who.controller.signal, 'abort').length, 0)
})

t.test('aborts everything at the deadline', async t => {
  const { model, signals } = silentModel()
  const { runner } = setUp({ all: steps, model, config: { timeouts: { total: 7 } } })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  for (const name of ['x', 'proxy-bon-x']) {
    const who = client()
    const failed = t.rejects(runner.run(askedFor(name), who), { code: 'deadline_exceeded', status: 504 })
    await Promise.resolve()
    mock.timers.tick(6990)
    t.notOk(who.controller.signal.aborted)
    mock.timers.tick(10)
    t.match(who.controller.signal.reason, { code: 'deadline_exceeded' })
    await failed
  }
  t.ok(signals.every(signal => signal.aborted))
})

t.test('a client that waits for a stream to begin lets it take its time from then on', async t => {
  const never = new Promise<never>(() => {})
  async function* endless() {
    yield { id: 'x', created: 1, model: 'm', object: 'chat.completion.chunk' as const, choices: [] }
    await never
  }
  const model = {
    ...fakeModel(),
    upstream: async () => new StreamReply({ id: 'x', created: 1, model: 'm' }, endless()),
  }
  const { runner } = setUp({ model, config: { timeouts: { total: 50 } } })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const waiting = { ...client(), patience: 5 }
  await runner.run(askedFor('x', {}, { stream: true }), waiting)
  mock.timers.tick(49_000)
  t.notOk(waiting.controller.signal.aborted)
  mock.timers.tick(1000)
  t.match(waiting.controller.signal.reason, { code: 'deadline_exceeded' })
})

t.test('a stream that begins with comments keeps its client waiting beyond its timeout', async t => {
  const { model } = silentModel()
  const { runner } = setUp({ model, config: { stream_commit: 4 } })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  for (const [patience, stream, aborted] of [
    [5, true, false],
    [3, true, true],
    [5, false, true],
  ] as const) {
    const waiting = { ...client(), patience }
    void runner.run(askedFor('x', {}, { stream }), waiting).catch(() => {})
    await Promise.resolve()
    mock.timers.tick(6000)
    t.equal(waiting.controller.signal.aborted, aborted)
  }
})

t.test("returns the best answer so far if the client's seconds run out", async t => {
  const slow = approach('slow', (_request, ctx) => {
    ctx.offer('so far')
    return new Promise(() => {})
  })
  const { runner } = setUp({ all: [slow] })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const who = client()
  const running = runner.run(askedFor('slow-x', { budget: { seconds: 2 } }), who)
  await Promise.resolve()
  mock.timers.tick(2000)
  const outcome = await running
  t.equal(outcome.meter.spent, 'seconds')
  t.equal(await outcome.reply.text(), 'so far')
  t.match(who.controller.signal.reason, { code: 'budget_time' })
})

t.test('stops its clock only when the reply has been read', async t => {
  const model = { ...fakeModel(), upstream: async () => streamed('a', 'b') }
  const { runner } = setUp({ model, config: { timeouts: { total: 7 } } })
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const read = client()
  await (await runner.run(askedFor('x', {}, { stream: true }), read)).reply.text()
  const left = client()
  await runner.run(askedFor('x', {}, { stream: true }), left)
  await new Promise(resolve => process.nextTick(resolve))
  mock.timers.tick(7000)
  t.notOk(read.controller.signal.aborted)
  t.ok(left.controller.signal.aborted)
})
