import t from 'tap'
import { answer, error, hold, json, stream } from '../fake-provider.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

function linesOf(server: Served, message: string): Record<string, unknown>[] {
  return server.log
    .map(line => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === message)
}

/** The answer of a provider that names the exact model. */
const snapshot = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4-0613',
  choices: [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
}

async function requestLine(server: Served): Promise<Record<string, unknown> | undefined> {
  // The line is written when the connection has noticed the end of the answer.
  while (linesOf(server, 'request').length === 0) await new Promise(setImmediate)
  return linesOf(server, 'request')[0]
}

t.test(
  'the line of a request has the models, the tokens, the times and the attempts that failed',
  async t => {
    const server = await serve(t, [error(500), json(snapshot)])
    await server.client.ask({ model: 'gpt-4' })
    const line = await requestLine(server)
    t.match(line, {
      level: 30,
      status: 200,
      model: 'gpt-4',
      served: 'gpt-4-0613',
      provider: 'b',
      calls: 1,
      attempts: 2,
      failed: [{ provider: 'a', code: 'upstream_error', status: 500, ms: Number }],
      tokens: { prompt: 3, completion: 1 },
      first_ms: Number,
      ms: Number,
    })
    t.ok(Number(line?.['first_ms']) <= Number(line?.['ms']))
  },
)

t.test('the line of a request says what the cache did', async t => {
  const server = await serve(t, [answer()], { config: { cache: { enabled: true } } })
  for (const requests of [1, 2]) {
    await server.client.ask()
    while (linesOf(server, 'request').length < requests) await new Promise(setImmediate)
  }
  t.match(linesOf(server, 'request'), [
    { cache: 'miss', calls: 1 },
    { cache: 'hit', calls: 0 },
  ])
})

t.test('a stream has them, too', async t => {
  const server = await serve(t, [stream(['one ', 'two'])])
  await server.client.ask({ model: 'm', stream: true })
  t.match(await requestLine(server), { model: 'm', failed: undefined, tokens: { completion: Number } })
})

t.test('a request that fails names its model and every attempt', async t => {
  const server = await serve(t, [error(500), error(400, { message: 'no' })])
  await server.client.ask({ model: 'm' })
  t.match(await requestLine(server), {
    model: 'm',
    status: 400,
    failed: [
      { provider: 'a', status: 500 },
      { provider: 'b', status: 400 },
    ],
  })
})

t.test('a draw that is cancelled because enough others have come is not an attempt that failed', async t => {
  const server = await serve(t, [[answer('one', { ignoreN: true }), answer('one'), hold()]])
  const params = { n: 3, quorum: 2, patience: 0, adaptive: false }
  await server.client.ask({
    model: 'self_consistency&proxy-m',
    hulumanage_params: { self_consistency: params },
  })
  const line = await requestLine(server)
  t.match(line, { status: 200, attempts: 3, failed: undefined })
})

t.test('a provider that refuses our key is one warning', async t => {
  const server = await serve(t, [error(401), answer()])
  await server.client.ask()
  await server.client.ask()
  const lines = linesOf(server, 'provider gets no calls for a while')
  t.match(lines, [
    { level: 40, provider: 'a', reason: 'key', error: 'upstream_auth (status 401)', seconds: 60 },
  ])
  t.equal(lines.length, 1)
})

t.test('a model that is limited is one warning for each pause', async t => {
  const server = await serve(t, [error(429, {}, { 'retry-after': '30' }), answer()])
  await Promise.all([server.client.ask({ model: 'm' }), server.client.ask({ model: 'm' })])
  const lines = linesOf(server, 'provider gets no calls for a while')
  t.match(lines, [{ provider: 'a', model: 'm', reason: 'rate_limit_exceeded', seconds: 30 }])
  t.equal(lines.length, 1)
})
