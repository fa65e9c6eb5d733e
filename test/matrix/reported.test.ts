// Reports about budgets, limits and failover of other gateways, each tried on this one.
import t from 'tap'
import { answer, error, gate, hold, sequence, stream } from '../fake-provider.ts'
import { canaries } from './canaries.ts'
import { hello } from './client.ts'
import { price, pricedAnswer as whole, usage } from './priced-answer.ts'
import { configText, serve, writeConfig } from './serve.ts'
import type { Served } from './serve.ts'

const key = 'key-of-ann-0123456789'
const asAnn = { authorization: `Bearer ${key}` }
const streamed = stream(['fine ', 'indeed'], { usage })

/** The used part of the budget of ann in USD, as `/metrics` has it. */
async function usedOf({ client }: Served): Promise<number> {
  const { text } = await client.get('/metrics', { authorization: `Bearer ${canaries.client}` })
  return Number(/budget_used_ratio\{client="ann",amount="usd"\} (\S+)/.exec(text)?.[1])
}

/** The used part once it has reached `expected`, or after enough turns: a request settles after the end of its answer. */
async function settled(server: Served, expected: number): Promise<number> {
  let used = await usedOf(server)
  for (let turn = 0; turn < 200 && !(used >= expected - 1e-9); turn++) used = await usedOf(server)
  return Math.round(used * 1e6) / 1e6
}

// https://github.com/BerriAI/litellm/issues/37923, https://github.com/BerriAI/litellm/issues/38176,
// https://github.com/BerriAI/litellm/pull/38172, https://github.com/maximhq/bifrost/issues/5770
t.test('every format costs a budget the same, streamed or not', async t => {
  const clients = [{ name: 'ann', key, budget: { usd: 100, per: 'total' as const } }]
  const bodies: Record<string, object> = {
    '/v1/chat/completions': hello,
    '/v1/completions': { model: 'm', prompt: 'hi' },
    '/v1/messages': { ...hello, max_tokens: 10 },
    '/v1/responses': { model: 'm', input: 'hi' },
  }
  for (const [path, body] of Object.entries(bodies)) {
    const server = await serve(t, [[whole, streamed]], { entries: [{ price }], config: { clients } })
    for (const [isStream, used] of [
      [false, 0.02],
      [true, 0.04],
    ] as const) {
      t.equal((await server.client.post(path, { ...body, stream: isStream }, asAnn)).status, 200)
      t.equal(await settled(server, used), used, `${path}, ${isStream ? 'streamed' : 'whole'}`)
    }
  }
})

// https://github.com/maximhq/bifrost/issues/5673, https://github.com/maximhq/bifrost/issues/2873,
// https://github.com/BerriAI/litellm/issues/13882
t.test('no endpoint leads around a budget that is used up', async t => {
  const clients = [{ name: 'ann', key, budget: { usd: 1, per: 'total' as const } }]
  const server = await serve(t, [[whole]], { entries: [{ price }], config: { clients } })
  t.equal((await server.client.post('/v1/chat/completions', hello, asAnn)).status, 200)
  t.ok((await settled(server, 1)) >= 1)
  for (const path of [
    'chat/completions',
    'completions',
    'responses',
    'messages',
    'embeddings',
    'images/generations',
  ])
    t.match(
      await server.client.post(`/v1/${path}`, { max_tokens: 1, ...hello, prompt: 'x', input: 'x' }, asAnn),
      {
        status: 429,
        text: /budget/,
      },
      path,
    )
  t.same(server.received, [1])
})

// https://github.com/QuantumNous/new-api/issues/1708
t.test('a provider that is switched off ends the answers that it has begun', async t => {
  const opened = gate()
  const options = { entries: [{}, {}] }
  const server = await serve(t, [stream(['one ', hold(opened), 'two']), answer('from b')], options)
  const reload = server.reloader()
  const asked = server.client.ask({ stream: true })
  await opened.reached(1)
  writeConfig(t, configText(server.fakes, { entries: [{ enabled: false }, {}] }))
  reload()
  t.match(await server.client.ask(), { status: 200, text: /from b/ })
  opened.release()
  t.match((await asked).text, /one [^]*two[^]*\[DONE\]/)
})

// https://github.com/QuantumNous/new-api/issues/2899
t.test('a provider that is switched off is never asked, and no other is asked twice', async t => {
  const entries = [{}, { enabled: false }, {}]
  const server = await serve(t, [error(500), answer(), error(503)], { entries })
  t.not((await server.client.ask()).status, 200)
  t.same(server.received, [1, 0, 1])
})

// https://github.com/QuantumNous/new-api/issues/4100, https://github.com/QuantumNous/new-api/issues/4585
t.test('a single error now and then takes no provider out', async t => {
  for (const status of [500, 502, 503]) {
    const script = [answer('a'), error(status), answer('a'), answer('a'), error(status), answer('a')]
    const server = await serve(t, [script, answer('b')])
    for (const said of ['a', 'b', 'a', 'a', 'b', 'a'])
      t.match((await server.client.ask()).text, `"content":"${said}"`, `${status}`)
    t.equal(await server.status('a'), 'healthy')
  }
})

// https://github.com/BerriAI/litellm/pull/40958, https://github.com/NousResearch/hermes-agent/pull/100725
t.test('a limit of the only provider is a 429 that says when, and nothing against the provider', async t => {
  const config = { queue: { timeout: 0.05 } }
  const server = await serve(t, [answer()], { entries: [{ rate_limit: { rpm: 1 } }], config })
  await server.client.ask()
  const { status, headers } = await server.client.ask()
  t.equal(status, 429)
  t.ok(Number(headers['retry-after']) > 1)
  t.equal(await server.status('a'), 'healthy')
  t.same(server.received, [1])
})

// https://github.com/envoyproxy/ai-gateway/issues/1571
t.test('a provider whose quota is used up leaves its calls to the next, until all are', async t => {
  const rate_limit = { rpm: 1 }
  const config = { queue: { timeout: 0.05 } }
  const server = await serve(t, [answer('a'), answer('b')], {
    entries: [{ rate_limit }, { rate_limit }],
    config,
  })
  t.match((await server.client.ask()).text, /"a"/)
  t.match((await server.client.ask()).text, /"b"/)
  t.equal((await server.client.ask()).status, 429)
})

// https://github.com/BerriAI/litellm/pull/34836
t.test('a provider that asks to wait is not asked again before', async t => {
  const limited = error(429, undefined, { 'retry-after': '60' })
  const server = await serve(t, [[limited, answer('a')], answer('b')])
  for (let call = 1; call <= 8; call++) t.match((await server.client.ask()).text, /"b"/)
  t.same(server.received, [1, 8])
})

// https://github.com/BerriAI/litellm/pull/35104
t.test('neither an unknown id nor the patience of a client takes a provider out', async t => {
  const opened = gate()
  const server = await serve(t, [
    ({ request }) => {
      if (request.path.includes('files')) return error(404)
      return request.text.includes('slow') ? sequence(hold(opened), answer()) : answer('fine')
    },
  ])
  for (let call = 1; call <= 5; call++) t.equal((await server.client.get('/v1/files/none')).status, 404)
  const slow = { messages: [{ role: 'user', content: 'slow' }] }
  for (let call = 1; call <= 5; call++)
    t.not((await server.client.ask(slow, { 'x-litellm-timeout': '0.05' })).status, 200)
  opened.release()
  t.match(await server.client.ask(), { status: 200, text: /fine/ })
  t.equal(await server.status('a'), 'healthy')
})

// https://github.com/BerriAI/litellm/issues/25843
t.test('a stream falls back to other models as a whole answer does', async t => {
  for (const isStream of [false, true]) {
    const entries = [{ models: ['m'] }, { models: ['spare'] }]
    const config = { fallbacks: { any: { m: ['spare'] } } }
    const server = await serve(t, [error(500), answer('from spare')], { entries, config })
    t.match(await server.client.ask({ model: 'm', stream: isStream }), { status: 200, text: /spare/ })
  }
})

// https://github.com/envoyproxy/ai-gateway/issues/1754
t.test('the remaining requests that an answer tells decrease with each', async t => {
  const server = await serve(t, [answer()], { config: { rate_limit: { requests: 3 } } })
  const left: unknown[] = []
  for (let call = 1; call <= 4; call++) {
    const { headers } = await server.client.ask({}, { authorization: `Bearer ${canaries.client}` })
    left.push(headers['x-ratelimit-remaining-requests'])
  }
  t.same(left, ['2', '1', '0', '0'])
})
