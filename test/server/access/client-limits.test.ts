import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import { renderDuration } from '../../../src/server/access/client-limits.ts'
import { answer, fakeProvider } from '../../fake-provider.ts'
import { startHost } from '../host.ts'
import { chunk, configOf, hello, raw, serve, streamOf } from '../serve.ts'

const config = { rate_limit: { requests: 2, window: 360 } }

function limitsOf({ status, headers }: Response) {
  const of = (name: string) => headers.get(`x-ratelimit-${name}-requests`)
  return [status, of('limit'), of('remaining'), of('reset')]
}

/** Stops the clock of the limits; returns a function that advances it. */
function stopClock(t: Test) {
  let now = Date.now()
  t.intercept(Date, 'now', { value: () => now })
  return (milliseconds: number) => (now += milliseconds)
}

t.test('a client over its limit waits for the end of the window', async t => {
  const advance = stopClock(t)
  const server = await serve(t, { config })
  const ask = () => server.post('/v1/chat/completions', hello)
  t.strictSame(limitsOf(await ask()), [200, '2', '1', '6m0s'])
  advance(300_500)
  t.strictSame(limitsOf(await ask()), [200, '2', '0', '59.5s'])
  const refused = await ask()
  t.strictSame(limitsOf(refused), [429, '2', '0', '59.5s'])
  t.equal(refused.headers.get('retry-after'), '60')
  t.match(await refused.json(), {
    error: {
      code: 'rate_limit_exceeded',
      type: 'rate_limit_error',
      message: 'More than 2 requests to /chat/completions in 6m0s; try again in 59.5s',
    },
  })
  t.equal(server.requests.length, 2)
  advance(59_500)
  t.strictSame(limitsOf(await ask()), [200, '2', '1', '6m0s'])
})

t.test('each key has its own limit, whichever header carries it', async t => {
  stopClock(t)
  const server = await serve(t, { config: { ...config, api_keys: ['one', 'two'] } })
  const remaining = async (headers: Record<string, string>) =>
    limitsOf(await server.post('/v1/chat/completions', hello, headers))[2]
  t.equal(await remaining({ 'x-api-key': 'one' }), '1')
  t.equal(await remaining({ authorization: 'Bearer one' }), '0')
  t.equal(await remaining({ 'x-api-key': 'two' }), '1')
  t.equal(await remaining({ 'x-api-key': 'wrong' }), null)
})

t.test('each group of endpoints is counted by itself, with and without /v1', async t => {
  const server = await serve(t, { config })
  const remaining = async (path: string) => limitsOf(await fetch(server.url + path))[2]
  t.equal(await remaining('/v1/models'), '1')
  t.equal(await remaining('/models/nothing'), '0')
  t.equal(await remaining('/'), '1')
  t.equal(await remaining('/v1/chat/completions'), '1')
  t.equal(await remaining('/completions'), '1')
})

t.test('an endpoint may have a limit of its own, and the others have the common one', async t => {
  stopClock(t)
  const endpoints = { 'chat/completions': 1, embeddings: { requests: 3, window: 10 } }
  const server = await serve(t, { config: { rate_limit: { requests: 2, window: 360, endpoints } } })
  const ask = async (path: string) => {
    const response = await server.post(path, hello)
    return [limitsOf(response), ((await response.json()) as { error?: { message: string } }).error?.message]
  }
  t.strictSame((await ask('/v1/chat/completions'))[0], [200, '1', '0', '6m0s'])
  t.strictSame(await ask('/chat/completions'), [
    [429, '1', '0', '6m0s'],
    'More than 1 requests to /chat/completions in 6m0s; try again in 6m0s',
  ])
  t.match((await ask('/v1/embeddings'))[0], [Number, '3', '2', '10s'])
  t.match((await ask('/v1/completions'))[0], [Number, '2', '1', '6m0s'])
})

t.test('without a common limit, only the named endpoints are limited', async t => {
  const server = await serve(t, { config: { rate_limit: { endpoints: { chat: 1 } } } })
  const statusOf = async (path: string) => (await server.post(path, hello)).status
  t.equal(await statusOf('/v1/chat/completions'), 200)
  t.equal(await statusOf('/v1/chat/completions'), 429, 'an entry holds for the endpoints below it')
  const { headers, status } = await server.post('/v1/completions', { model: 'm', prompt: 'Hi' })
  t.strictSame([status, headers.get('x-ratelimit-limit-requests')], [200, null])
})

t.test('an endpoint that is passed on may have a limit of its own, however its path is written', async t => {
  const endpoints = { 'audio/speech': 1, rerank: 1, 'of/the/service': 1 }
  const server = await serve(t, { config: { rate_limit: { requests: 50, endpoints } } })
  const limited = async (path: string) =>
    (await server.post(path, hello)).headers.get('x-ratelimit-limit-requests')
  const spellings = [
    '/v1/audio/speech',
    '/audio/speech',
    '/v1/audio/spe%65ch',
    '/v1//audio/speech?a=b',
    '/v%31/audio/speech',
    '/%761/%61udio/speech',
  ]
  for (const path of spellings) t.equal(await limited(path), '1', path)
  t.equal((await server.post('/v1/audio/speech', hello)).status, 429)
  t.equal(await limited('/v1/audio/transcriptions'), '50')
  t.equal(await limited('/v1/rerank'), '1')
  t.equal(await limited('/v1/of/the/service/now'), '1')
  for (const malformed of ['%zz', '%ff', '%'])
    t.equal((await server.post(`/v1/of/the/service/${malformed}`, hello)).status, 400, malformed)
})

t.test('an entry for several endpoints holds however their path is written', async t => {
  const server = await serve(t, { config: { rate_limit: { endpoints: { audio: 1 } } } })
  await server.post('/v1/audio/speech', hello)
  const refused = await server.post('/v%31/audio/speech', hello)
  t.equal(refused.status, 429)
  t.match(await refused.text(), /More than 1 requests to \/audio in/)
})

t.test('passed endpoints share a group: those below one with a route, and all the others', async t => {
  const server = await serve(t, { config: { rate_limit: { requests: 50, endpoints: { uploads: 20 } } } })
  const remaining = async (path: string) =>
    (await server.post(path, hello)).headers.get('x-ratelimit-remaining-requests')
  t.equal(await remaining('/v1/audio/speech'), '49')
  t.equal(await remaining('/v1/audio/translations'), '48')
  t.equal(await remaining('/v1/images/edits'), '49')
  t.equal(await remaining('/v1/vector_stores'), '49')
  t.equal(await remaining('/v1/fine_tuning/jobs'), '48')
  t.equal(await remaining('/v1/uploads'), '19', 'an entry makes a group')
})

t.test('a fragment is not a part of the path that is limited', async t => {
  const server = await serve(t, { config: { rate_limit: { endpoints: { foo: 5 } } } })
  for (const path of ['/v1/audio/x#%ff', '/v1/foo#%ff?']) {
    const head = await raw(
      server.port,
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    )
    t.notMatch(head, /^HTTP\/1.1 500/, path)
    t.equal(/x-ratelimit-limit-requests: 5/i.test(head), path.startsWith('/v1/foo'), path)
  }
})

t.test('requests that monitor the server are not counted', async t => {
  const server = await serve(t, { config: { rate_limit: { requests: 1, window: 60 } } })
  for (const path of ['/health', '/ready', '/metrics', '/health', '/ready', '/metrics']) {
    t.strictSame(limitsOf(await fetch(server.url + path)), [200, null, null, null], path)
  }
})

t.test('streams and errors report the remainder as well', async t => {
  stopClock(t)
  const answer = () => streamOf([chunk('a'), chunk('', 'stop')])
  const server = await serve(t, { config, answer })
  const stream = await server.post('/v1/chat/completions', { ...hello, stream: true })
  t.strictSame(limitsOf(stream), [200, '2', '1', '6m0s'])
  t.strictSame(limitsOf(await server.post('/v1/chat/completions', '{')), [400, '2', '0', '6m0s'])
})

t.test('a client over its limit is refused before its body is read', async t => {
  const server = await serve(t, { config: { rate_limit: { requests: 1, window: 60 } } })
  await server.post('/v1/chat/completions', hello)
  const answer = await raw(
    server.port,
    'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 8000000\r\n\r\n{',
  )
  t.match(answer, /^HTTP\/1.1 429 /)
  t.match(answer, /connection: close/i)
})

t.test('a reload changes the limit and keeps the counts', async t => {
  stopClock(t)
  const server = await serve(t)
  const ask = async () => limitsOf(await server.post('/v1/chat/completions', hello)).slice(0, 3)
  t.strictSame(await ask(), [200, null, null])
  server.currentConfig.replace(configOf(config))
  t.strictSame(await ask(), [200, '2', '1'])
  server.currentConfig.replace(configOf({ rate_limit: { requests: 5, window: 60 } }))
  t.strictSame(await ask(), [200, '5', '3'])
  server.currentConfig.replace(configOf())
  t.strictSame(await ask(), [200, null, null])
})

t.test('durations are printed as OpenAI prints them', async t => {
  const printed = [0, 1, 20, 999, 1000, 8640, 59_999, 60_000, 360_000, 3_600_000, 3_661_500, 90_000_000]
  t.strictSame(printed.map(renderDuration), [
    '0s',
    '1ms',
    '20ms',
    '999ms',
    '1s',
    '8.64s',
    '59.999s',
    '1m0s',
    '6m0s',
    '1h0m0s',
    '1h1m1.5s',
    '25h0m0s',
  ])
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 31 }), milliseconds => {
      const parts = [...renderDuration(milliseconds).matchAll(/([\d.]+)(ms|h|m|s)/g)]
      const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * units[unit as 's'], 0)
      return Math.round(sum) === milliseconds
    }),
  )
})

t.test('the limits of a provider are not reported as those of the client', async t => {
  const limits = { 'x-ratelimit-limit-requests': '500', 'x-ratelimit-limit-tokens': '9000' }
  const provider = await fakeProvider(t, answer('ok', { headers: limits }))
  const providers = [{ name: 'a', base_url: provider.url, api_key: 'sk-test' }]
  const server = await startHost(t, { ...config, approach: 'proxy', providers })
  for (const stream of [false, true]) {
    const answered = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...hello, stream }),
    })
    t.equal(answered.headers.get('x-ratelimit-limit-requests'), '2')
    t.equal(answered.headers.get('x-ratelimit-limit-tokens'), '9000', 'what is not ours is passed on')
    await answered.text()
  }
  t.equal(provider.requests.length, 2)
})
