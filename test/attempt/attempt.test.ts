import t from 'tap'
import type { Test } from 'tap'
import fc from 'fast-check'
import { providerSchema } from '../../src/config/schema.ts'
import type { ChatRequest } from '../../src/contract/index.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'
import { attempt } from '../../src/attempt/attempt.ts'
import { AttemptFailure } from '../../src/attempt/failure.ts'
import { ask, callOf } from '../call.ts'
import type { TestCall } from '../call.ts'
import {
  answer,
  blackHole,
  closedPort,
  delta,
  error,
  fakeProvider,
  faults,
  gate,
  hold,
  json,
  stream,
} from '../fake-provider.ts'
import { write } from '../fake-provider.ts'
import type { Action, Script } from '../fake-provider.ts'
import { TestClock } from '../test-clock.ts'

const patient = { requestMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000 }
const streamed = { stream: true }

function providerAt(t: Test, url: string, more: object = {}): Provider {
  const config = providerSchema.parse({ name: 'fake', base_url: url, api_key: 'sk-test', ...more })
  const provider = new Provider(config, openaiKind, 1_000)
  t.teardown(() => provider.dispatcher.destroy())
  return provider
}

function attemptAt(provider: Provider, request: ChatRequest, call: TestCall = callOf(), timeouts = patient) {
  return attempt({ provider, request, call, timeouts, maxResponseBytes: 1_000_000, reason: 'test' })
}

async function setUp(t: Test, script?: Script, more: object = {}) {
  const fake = await fakeProvider(t, script)
  return { fake, provider: providerAt(t, fake.url, more) }
}

/** The transport considers a connection idle one turn after its answer. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}

async function failureOf(work: Promise<unknown>): Promise<AttemptFailure> {
  try {
    await work
  } catch (thrown) {
    if (thrown instanceof AttemptFailure) return thrown
    throw thrown
  }
  throw new Error('the attempt did not fail')
}

async function textOfWire(reply: Awaited<ReturnType<typeof attemptAt>>): Promise<string> {
  const body = reply.wire!.body
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  let text = ''
  for await (const frames of body) text += frames
  return text
}

t.test('a JSON answer is read, and keeps its original bytes', async t => {
  const { fake, provider } = await setUp(t, answer('hi there'))
  const call = callOf()
  const reply = await attemptAt(provider, ask(), call)
  t.equal((JSON.parse(await textOfWire(reply)) as { model: string }).model, 'gpt-4')
  t.equal(await reply.text(), 'hi there')
  t.equal(reply.head.provider, 'fake')
  t.match(await reply.done, { finish: ['stop'], usage: { total_tokens: Number } })
  t.equal(fake.requests[0]?.headers['authorization'], 'Bearer sk-test')
  t.equal(fake.requests[0]?.headers['x-request-id'], 'request-1')
  t.match(call.reports, [{ outcome: 'ok', status: 200, provider: 'fake' }])
})

t.test("the client's bytes are sent unchanged if nothing has to change", async t => {
  const { fake, provider } = await setUp(t)
  const text = '{ "model":"gpt-4",  "messages": [{"role":"user","content":"hello"}], "extra": 1.0 }'
  const request = JSON.parse(text) as ChatRequest
  const source = { dialect: 'chat', bytes: Buffer.from(text), request }
  await attemptAt(provider, request, callOf('id', { source }))
  t.equal(fake.requests[0]?.text, text)
  await attemptAt(provider, { ...request, temperature: 1 }, callOf('id', { source }))
  t.match(fake.requests[1]?.body, { temperature: 1, extra: 1 })
})

t.test("a mapped model is sent under the provider's name for it", async t => {
  const { fake, provider } = await setUp(t, answer(), { model_map: { 'gpt-4': 'my-deployment' } })
  await attemptAt(provider, ask())
  t.equal(fake.requests[0]?.body['model'], 'my-deployment')
})

t.test("the client's key is sent only if the provider is configured to forward it", async t => {
  const { fake, provider } = await setUp(t, answer(), { forward_client_key: true })
  await attemptAt(provider, ask(), callOf('id', { clientKey: 'sk-client' }))
  t.equal(fake.requests[0]?.headers['authorization'], 'Bearer sk-client')
  const own = providerAt(t, fake.url)
  await attemptAt(own, ask(), callOf('id', { clientKey: 'sk-client' }))
  t.equal(fake.requests[1]?.headers['authorization'], 'Bearer sk-test')
})

for (const group of ['head', 'status', 'body', 'shape'] as const) {
  for (const [name, action] of Object.entries(faults[group])) {
    t.test(`${name} is a failure of the provider`, async t => {
      const { provider } = await setUp(t, action)
      const call = callOf()
      const failure = await failureOf(attemptAt(provider, ask(), call))
      t.ok(failure.retryable, failure.message)
      t.match(call.reports, [{ outcome: failure.code }])
    })
  }
}

for (const [name, action] of Object.entries(faults.streamStart)) {
  t.test(`${name} lets another provider be asked`, async t => {
    const { provider } = await setUp(t, action)
    const failure = await failureOf(attemptAt(provider, ask('hello', streamed)))
    t.ok(failure.retryable, failure.message)
  })
}

for (const [name, action] of Object.entries(faults.streamMiddle)) {
  t.test(`${name} after content is thrown to the reader, after the preceding content`, async t => {
    const { provider } = await setUp(t, action)
    const call = callOf()
    const reply = await attemptAt(provider, ask('hello', streamed), call)
    let text = ''
    const failure = await failureOf(
      (async () => {
        for await (const frames of reply.wire!.body as AsyncIterable<string>) text += frames
      })(),
    )
    t.match(text, /"content":"one "/)
    t.notMatch(text, /\[DONE\]/)
    t.match(call.reports, [{ outcome: failure.code }])
    t.match(await reply.done, { error: failure, usage: { total_tokens: Number } })
  })
}

t.test('a stream is passed on event by event and ends with [DONE]', async t => {
  const pause = gate()
  const { provider } = await setUp(t, stream(['one ', hold(pause), 'two']))
  const reply = await attemptAt(provider, ask('hello', streamed))
  const frames = (reply.wire!.body as AsyncIterable<string>)[Symbol.asyncIterator]()
  t.match((await frames.next()).value, /one/)
  pause.release()
  let rest = ''
  for (let step = await frames.next(); !step.done; step = await frames.next()) rest += step.value
  t.match(rest, /two.*\[DONE\]\n\n$/s)
})

t.test('usage that only we asked for is counted and not shown', async t => {
  const { fake, provider } = await setUp(t, stream(['hi']))
  const reply = await attemptAt(provider, ask('hello', streamed))
  t.notMatch(await textOfWire(reply), /usage/)
  t.match(await reply.done, { usage: { total_tokens: Number, estimated: undefined } })
  t.match(fake.requests[0]?.body, { stream_options: { include_usage: true } })
})

t.test('usage the client asked for is passed on, and estimated if the provider sends none', async t => {
  const { provider } = await setUp(t, [stream(['hi']), stream(['hi'], { usage: false as never })])
  const request = ask('hello', { ...streamed, stream_options: { include_usage: true } })
  const first = await textOfWire(await attemptAt(provider, request))
  t.match(first, /"usage":\{/)
  const second = await textOfWire(await attemptAt(provider, request))
  t.match(second, /"usage":\{.*"estimated":true.*\[DONE\]/s)
})

t.test('a stream without [DONE] is complete if it has a finish reason, and gets its [DONE]', async t => {
  const { provider } = await setUp(t, stream(['hi'], { done: false }))
  t.match(await textOfWire(await attemptAt(provider, ask('hello', streamed))), /hi.*\[DONE\]\n\n$/s)
})

t.test('a stream reads the same wherever it is split, with any line endings', async t => {
  const { fake, provider } = await setUp(t)
  const read = async () => {
    const reply = await attemptAt(provider, ask('hello', streamed))
    return (await reply.completion()).choices[0]?.message.content
  }
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom('\n' as const, '\r\n' as const, '\r' as const),
      fc.boolean(),
      async (pieces, lineEnd, comments) => {
        fake.script(stream(['añ', '✓ ', '👩‍🚀'], { pieces, lineEnd, comments, byteOrderMark: true }))
        t.equal(await read(), 'añ✓ 👩‍🚀')
      },
    ),
    { numRuns: 30 },
  )
})

t.test('a JSON answer to a stream request and a stream answer to a JSON request are both read', async t => {
  const { provider } = await setUp(t, [json(chatCompletion('whole')), stream(['str', 'eam'])])
  let text = ''
  for await (const chunk of await attemptAt(provider, ask('hello', streamed))) {
    text += chunk.choices[0]?.delta.content ?? ''
  }
  t.equal(text, 'whole')
  t.equal(await (await attemptAt(provider, ask())).text(), 'stream')
})

const toolCall = (index: number, part: object) => delta({ tool_calls: [{ index, ...part }] })

t.test(
  'a report says of an answer that came in a stream, to a client that streams, that it was streamed',
  async t => {
    const scripts = { stream: stream(['Hi']), whole: json(chatCompletion('Hi')) }
    const streamedOf = async (script: Script, more: object) => {
      const call = callOf()
      const { provider } = await setUp(t, script)
      await (await attemptAt(provider, ask('hello', more), call)).text()
      await nextTurn()
      return call.reports.map(report => report.streamed)
    }
    t.same(await streamedOf(scripts.stream, streamed), [true])
    t.same(await streamedOf(scripts.whole, streamed), [undefined])
    t.same(await streamedOf(scripts.stream, {}), [undefined])
  },
)

t.test('choices and tool calls of a stream are assembled by index', async t => {
  const { provider } = await setUp(
    t,
    stream(
      [
        toolCall(0, { id: 'a', type: 'function', function: { name: 'find', arguments: '{"q"' } }),
        toolCall(1, { id: 'b', type: 'function', function: { name: 'get', arguments: '{}' } }),
        toolCall(0, { function: { arguments: ':1}' } }),
      ],
      { finish: 'tool_calls' },
    ),
  )
  const message = await (await attemptAt(provider, ask('hello', streamed))).message()
  t.match(message.tool_calls, [
    { id: 'a', function: { name: 'find', arguments: '{"q":1}' } },
    { id: 'b', function: { name: 'get', arguments: '{}' } },
  ])
})

t.test('an answer without id, model or usage is completed', async t => {
  const { provider } = await setUp(
    t,
    json({ choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] }),
  )
  const reply = await attemptAt(provider, ask())
  t.equal(reply.wire, undefined)
  t.match(await reply.completion(), {
    id: /^chatcmpl-/,
    object: 'chat.completion',
    model: 'gpt-4',
    usage: { estimated: true },
  })
})

const statuses = [
  [400, 'upstream_rejected', 'request', 400],
  [422, 'upstream_rejected', 'request', 422],
  [413, 'upstream_rejected', 'unable', 413],
  [401, 'upstream_auth', 'key', 502],
  [403, 'upstream_auth', 'refused', 502],
  [402, 'insufficient_quota', 'key', 429],
  [404, 'model_not_found', 'model', 404],
  [408, 'upstream_error', 'failing', 502],
  [429, 'rate_limit_exceeded', 'limited', 429],
  [500, 'upstream_error', 'failing', 502],
  [504, 'upstream_timeout', 'failing', 504],
  [529, 'upstream_overloaded', 'failing', 503],
] as const

for (const [status, code, blame, seen] of statuses) {
  t.test(`status ${status} is ${code}, blamed on: ${blame}`, async t => {
    const { provider } = await setUp(t, error(status))
    t.match(await failureOf(attemptAt(provider, ask())), {
      code,
      blame,
      status: seen,
      upstreamStatus: status,
    })
  })
}

t.test('a 400 that means there is no credit left is blamed on the key', async t => {
  const { provider } = await setUp(
    t,
    error(400, { error: { message: 'Your credit balance is too low', type: 'invalid_request_error' } }),
  )
  t.match(await failureOf(attemptAt(provider, ask())), { code: 'insufficient_quota', blame: 'key' })
})

t.test('the error of a provider is kept, without anything that looks like a key', async t => {
  const { provider } = await setUp(
    t,
    error(400, { error: { message: 'bad key sk-abcdef123456', type: 'x', param: 'n', code: 'c' } }),
  )
  t.match(await failureOf(attemptAt(provider, ask())), {
    upstream: { message: 'bad key [key]', type: 'x', param: 'n', code: 'c' },
  })
})

t.test('the error of a provider repeats nothing secret of its address', async t => {
  const repeated = ({ request }: { request: { path: string } }) =>
    error(400, { error: { message: `cannot POST ${request.path}` } })
  const fake = await fakeProvider(t, repeated)
  const provider = providerAt(t, `${fake.url}?token=hush-hush-hush&api-version=2024-10-21`)
  const { message } = await failureOf(attemptAt(provider, ask()))
  t.match(message, 'token=[key]&api-version=2024-10-21')
})

t.test('a refused connection is blamed on reachability', async t => {
  const failure = await failureOf(attemptAt(providerAt(t, await closedPort(t)), ask()))
  t.match(failure, { code: 'upstream_unreachable', blame: 'unreachable' })
})

t.test('a connection that is never established is given up after the connect timeout', async t => {
  const failure = await failureOf(attemptAt(providerAt(t, await blackHole(t)), ask()))
  t.match(failure, { code: 'upstream_timeout', blame: 'unreachable' })
})

t.test('each timeout has its own message', async t => {
  const forever = gate()
  const { provider } = await setUp(t, [
    hold(forever),
    hold(forever),
    stream([hold(forever)]),
    stream(['one', hold(forever)]),
  ])
  const messageOf = async (request: ChatRequest, timeouts: Partial<typeof patient>) => {
    const work = attemptAt(provider, request, callOf(), { ...patient, ...timeouts })
    return (await failureOf(work.then(reply => reply.completion()))).message
  }
  t.match(await messageOf(ask(), { requestMs: 300 }), /request timeout/)
  t.match(await messageOf(ask('', streamed), { firstTokenMs: 300 }), /first_token timeout/)
  t.match(await messageOf(ask('', streamed), { firstTokenMs: 300 }), /first_token timeout/)
  t.match(await messageOf(ask('', streamed), { idleMs: 300 }), /idle timeout/)
})

t.test('comments do not keep a stalled stream alive', async t => {
  const comments = Array.from({ length: 200 }, () => [write(': waiting\n\n'), nextTurn]).flat()
  const { provider } = await setUp(t, stream([...comments, hold(gate())], { role: false }))
  const timeouts = { ...patient, firstTokenMs: 60 }
  t.match(await failureOf(attemptAt(provider, ask('', streamed), callOf(), timeouts)), {
    code: 'upstream_timeout',
  })
})

t.test(
  'until the first content of a model that thinks, comments and role chunks are signs of life',
  async t => {
    const clock = TestClock.start(t)
    // Each sign arrives as the time is up, and what has arrived by then counts.
    const sign: Action = async exchange => {
      await write(': thinking\n\n')(exchange)
      await clock.pass(20)
    }
    const { provider } = await setUp(t, stream([sign, sign, sign, 'done']))
    const timeouts = { ...patient, requestMs: 90_000, thinks: true }
    const reply = await attemptAt(provider, ask('', streamed), callOf(), timeouts)
    t.equal((await reply.completion()).choices[0]?.message.content, 'done')
  },
)

t.test('a client that disconnects ends the upstream call at every stage', async t => {
  const { fake, provider } = await setUp(t, [hold(gate()), stream(['one', hold(gate())])])
  const early = callOf()
  const waiting = failureOf(attemptAt(provider, ask(), early))
  const first = await fake.waitFor(1)
  early.controller.abort()
  t.match(await waiting, { blame: 'nobody', code: 'client_closed' })
  await first.closed
  const late = callOf()
  const reply = await attemptAt(provider, ask('', streamed), late)
  const second = await fake.waitFor(2)
  late.controller.abort()
  await second.closed
  t.match(await reply.done, { error: { code: 'client_closed' } })
  t.match(late.reports, [{ outcome: 'client_closed' }])
})

t.test('leaving the loop over a stream ends the upstream call', async t => {
  const { fake, provider } = await setUp(t, stream(['one', hold(gate())]))
  for await (const chunk of await attemptAt(provider, ask('', streamed)))
    if (chunk.choices[0]?.delta.content) break
  await (
    await fake.waitFor(1)
  ).closed
})

t.test('a stream whose reader pauses is held back upstream, and continues when it reads again', async t => {
  const big = 'x'.repeat(8_192)
  const many = Array.from({ length: 4_000 }, () => big)
  const { fake, provider } = await setUp(t, stream(many))
  const begin = () =>
    attempt({
      provider,
      request: ask('', streamed),
      call: callOf(),
      timeouts: patient,
      maxResponseBytes: big.length * many.length,
      reason: 'test',
    })
  const unread = await begin()
  let answered = false
  void (await fake.waitFor(1)).answered.then(() => (answered = true))
  // Another stream of the same size gets through meanwhile.
  t.equal((await (await begin()).text()).length, big.length * many.length)
  t.notOk(answered)
  t.equal((await unread.text()).length, big.length * many.length)
})

t.test('a connection that died while idle costs another try, but is not a failure', async t => {
  const { fake, provider } = await setUp(t)
  await attemptAt(provider, ask())
  await nextTurn()
  fake.script([faults.head['a close before any byte']!, answer('again')])
  const call = callOf()
  t.equal(await (await attemptAt(provider, ask(), call)).text(), 'again')
  t.equal(fake.requests.length, 3)
  t.match(call.reports, [{ outcome: 'ok' }])
})

t.test('reading an answer stops at the size limit', async t => {
  const { provider } = await setUp(t, answer('x'.repeat(2_000_000)))
  t.match(await failureOf(attemptAt(provider, ask())), { code: 'upstream_too_large' })
})

t.test('a reply can be read only once', async t => {
  const { provider } = await setUp(t)
  const reply = await attemptAt(provider, ask())
  await reply.text()
  await t.rejects(reply.text(), { code: 'reply_read' })
})

function chatCompletion(content: string): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  }
}
