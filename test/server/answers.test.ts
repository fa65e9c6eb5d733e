import t from 'tap'
import { HulumanageError } from '../../src/contract/index.ts'
import type { Completion, Reply } from '../../src/contract/index.ts'
import { textOf } from '../../src/chat/completion.ts'
import { CompleteReply } from '../../src/chat/reply.ts'
import { chunk, head, hello, serve, streamOf, usage } from './serve.ts'

const completion: Completion = {
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage,
}

function relayed(text: string): Reply {
  const reply = new CompleteReply(completion, 'p')
  const wire = {
    dialect: 'chat',
    status: 200,
    headers: { 'x-ratelimit-limit-tokens': '9' },
    body: Buffer.from(text),
  }
  return Object.assign(reply, { wire })
}

t.test("a provider's own bytes are passed on unchanged", async t => {
  const text = '{ "id":"a",  "extra" : [1] }'
  const server = await serve(t, { answer: () => relayed(text), meter: { attempts: 2, provider: 'prövider' } })
  const response = await server.post('/v1/chat/completions', hello)
  t.equal(await response.text(), text)
  t.equal(response.headers.get('content-type'), 'application/json')
  t.equal(response.headers.get('x-ratelimit-limit-tokens'), '9')
  t.equal(response.headers.get('x-hulumanage-approach'), 'none')
  t.equal(response.headers.get('x-hulumanage-calls'), '1')
  t.equal(response.headers.get('x-hulumanage-attempts'), '2')
  t.equal(response.headers.get('x-hulumanage-provider'), 'pr?vider')
  t.ok(response.headers.get('x-request-id'))
})

t.test('the answer of a chain is a complete completion', async t => {
  const server = await serve(t, { answer: () => new CompleteReply(completion) })
  const response = await server.post('/chat/completions', hello)
  const usage = { ...completion.usage, completion_tokens_details: { reasoning_tokens: 0 } }
  t.strictSame(await response.json(), { ...completion, usage, system_fingerprint: 'fp_hulumanage' })
})

t.test('a streamed reply is assembled for a client that does not stream', async t => {
  const server = await serve(t, { answer: () => streamOf([chunk('Hel'), chunk('lo', 'stop')]) })
  const response = await server.post('/v1/chat/completions', hello)
  t.match(await response.json(), {
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  })
})

t.test('legacy completions answer each prompt, in order, with the sum of usage', async t => {
  const server = await serve(t, {
    answer: ({ request }) =>
      new CompleteReply({
        ...completion,
        choices: [0, 1].map(index => ({
          index,
          message: { role: 'assistant', content: `${textOf(request.messages[0])}${index}` },
          finish_reason: 'stop',
        })),
      }),
  })
  const response = await server.post('/v1/completions', { model: 'm', prompt: ['a', 'b'], n: 2 })
  t.equal(response.headers.get('x-hulumanage-calls'), '2')
  const body = (await response.json()) as { choices: { index: number; text: string }[] }
  t.match(body, { object: 'text_completion', id: 'cmpl-7', usage: { total_tokens: 10 } })
  t.strictSame(
    body.choices.map(({ index, text }) => [index, text]),
    [
      [0, 'a0'],
      [1, 'a1'],
      [2, 'b0'],
      [3, 'b1'],
    ],
  )
})

t.test('one failed prompt fails the request and stops the others', async t => {
  const server = await serve(t, {
    answer: ({ request }, { controller }) => {
      if (request.messages[0]?.content === 'bad') throw new HulumanageError('upstream_error', 'broken')
      return new Promise((_resolve, reject) => {
        controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error))
      })
    },
  })
  const response = await server.post('/v1/completions', { model: 'm', prompt: ['slow', 'bad'] })
  t.equal(response.status, 502)
  t.ok(server.clients[0]?.controller.signal.aborted)
})

t.test('errors keep their status, and say whether to retry, and when if that helps', async t => {
  const upstream = { message: 'too long', type: 'invalid_request_error', param: 'messages', code: 'context' }
  const cases: [HulumanageError, number, Record<string, string | null>][] = [
    [
      new HulumanageError('queue_full', 'full', { retryAfter: 2.5 }),
      429,
      { 'retry-after': '3', 'retry-after-ms': '2500', 'x-should-retry': null },
    ],
    [new HulumanageError('no_healthy_upstream', 'down'), 503, { 'retry-after': '1', 'x-should-retry': null }],
    [
      new HulumanageError('no_upstream', 'none', { shouldRetry: false }),
      503,
      { 'x-should-retry': 'false', 'retry-after': null },
    ],
    [new HulumanageError('no_healthy_upstream', 'down', { retryAfter: 900 }), 503, { 'retry-after': '60' }],
    [new HulumanageError('budget_calls', 'spent'), 429, { 'retry-after': null, 'x-should-retry': 'false' }],
    [
      new HulumanageError('budget_client', 'spent', { retryAfter: 7200, shouldRetry: false }),
      429,
      { 'retry-after': '7200', 'x-should-retry': 'false' },
    ],
    [new HulumanageError('unknown_approach', 'no'), 400, { 'x-should-retry': 'false', 'retry-after': null }],
    [new HulumanageError('upstream_timeout', 'slow'), 504, { 'x-should-retry': null, 'retry-after': null }],
    [
      new HulumanageError('upstream_rejected', 'x', { upstream, status: 422 }),
      422,
      { 'x-should-retry': 'false' },
    ],
  ]
  for (const [error, status, headers] of cases) {
    const server = await serve(t, { answer: () => Promise.reject(error) })
    for (const stream of [false, true]) {
      const response = await server.post('/v1/chat/completions', { ...hello, stream })
      t.equal(response.status, status)
      t.match(response.headers.get('content-type'), /^application\/json/)
      for (const [name, value] of Object.entries(headers)) t.equal(response.headers.get(name), value, name)
      const body = (await response.json()) as { error: unknown }
      t.strictSame(
        body.error,
        error.upstream ?? { message: error.message, type: error.type, param: null, code: error.code },
      )
    }
  }
})

t.test('our own error without a code is shown only in the log', async t => {
  const server = await serve(t, { answer: () => Promise.reject(new TypeError('secret detail')) })
  const response = await server.post('/v1/chat/completions', hello, { 'x-request-id': 'call-1' })
  t.equal(response.status, 500)
  const text = await response.text()
  t.notMatch(text, /secret/)
  t.match(text, /internal_error/)
  t.match(text, /call-1/)
  t.match(server.log.join(''), /secret detail/)
})

t.test('the bytes of the body reach the chain if no field was removed', async t => {
  const server = await serve(t)
  const text = JSON.stringify({ ...hello, extra: true })
  await server.post('/v1/chat/completions', text)
  t.equal(Buffer.from(server.requests[0]!.source!.bytes!).toString(), text)
  await server.post('/v1/chat/completions', { ...hello, hulumanage_approach: 'none' })
  t.equal(server.requests[1]!.source?.bytes, undefined)
})

t.test('the chain is aborted as soon as a client disconnects before its answer', async t => {
  for (const stream of [false, true]) {
    const left = new AbortController()
    const server = await serve(t, {
      answer: (_asked, { controller }) =>
        new Promise((_resolve, reject) => {
          controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error))
          left.abort()
        }),
    })
    await t.rejects(
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...hello, stream }),
        signal: left.signal,
      }),
    )
    const signal = server.clients[0]!.controller.signal
    if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
    t.match(signal.reason, { code: 'client_closed' })
    t.equal(server.app.inFlight.size, 0)
  }
})

/** A reply of a step that reads the body of another endpoint and then fails to report the end. */
class UnreportedReply extends CompleteReply {
  override get done() {
    return Promise.reject(new Error('lost'))
  }

  readonly wire = { dialect: 'pass_through', status: 200, headers: {}, body: Buffer.alloc(0), bytes: sound() }
}

async function* sound(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('sound')
}

t.test('an end that a step fails to report is logged, and the answer is passed on', async t => {
  const server = await serve(t, { answer: () => new UnreportedReply(completion) })
  const response = await server.post('/v1/audio/speech', { model: 'm', input: 'a' })
  t.equal(await response.text(), 'sound')
  t.match(server.log.join(''), /did not report how it ended/)
})

t.test('an error of a plugin that cannot even be read is an error in the usual shape', async t => {
  const hostile = Object.defineProperty(new Error(), 'message', {
    get() {
      throw new Error('deep')
    },
  })
  const { post } = await serve(t, { answer: () => Promise.reject(hostile) })
  const response = await post('/v1/chat/completions', hello)
  t.equal(response.status, 500)
  t.match(await response.json(), { error: { code: 'internal_error', type: 'server_error' } })
})
