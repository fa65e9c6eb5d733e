import t from 'tap'
import { hold, json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { serve } from './serve.ts'
import type { Served, ServeOptions } from './serve.ts'

const ann = 'key-of-ann-0123456789'
const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }

function whole() {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }]
  return json({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage })
}

type Budget = NonNullable<NonNullable<NonNullable<ServeOptions['config']>['clients']>[number]['budget']>

async function serveAnn(
  t: Parameters<typeof serve>[0],
  budget: Budget,
  { action = whole(), ...more }: ServeOptions & { readonly action?: Action } = {},
) {
  const config = { clients: [{ name: 'ann', key: ann, budget }] }
  return await serve(t, [action], { config, entries: [{ price: { input: 1000, output: 2000 } }], ...more })
}

function ask(server: Served, fields: object = {}, headers: Record<string, string> = {}) {
  return server.client.ask({ ...fields }, { authorization: `Bearer ${ann}`, ...headers })
}

/** Waits until the requests so far have settled with their budget, which is when they have been logged. */
async function settled(server: Served, requests: number): Promise<void> {
  const ended = () => server.log.filter(line => line.includes('"msg":"request"')).length
  while (ended() < requests) await new Promise(setImmediate)
}

t.test('a client over its budget gets a 429 with the time at which it begins again', async t => {
  for (const budget of [{ requests: 2 }, { tokens: 300 }, { usd: 0.4 }]) {
    const server = await serveAnn(t, { ...budget, per: 'day' })
    for (const requests of [1, 2]) {
      t.equal((await ask(server)).status, 200)
      await settled(server, requests)
    }
    const refused = await ask(server)
    t.equal(refused.status, 429)
    t.match(JSON.parse(refused.text), { error: { code: 'budget_client', type: 'insufficient_quota' } })
    t.match(
      refused.text,
      /"ann\\", [\d.]+ \w+ for \d{4}-\d\d-\d\d, is used up until \d{4}-\d\d-\d\dT00:00:00/,
    )
    const wait = Number(refused.headers['retry-after'])
    t.ok(wait > 0 && wait <= 86_400, `retry-after ${wait}`)
    t.equal(refused.headers['x-should-retry'], 'false')
    t.equal(server.received[0], 2)
    const { text } = await server.client.get('/metrics')
    t.match(text, 'hulumanage_client_refusals_total{client="ann",limit="budget"} 1')
    t.match(text, `hulumanage_client_budget_used_ratio{client="ann",amount="${Object.keys(budget)[0]}"} 1`)
  }
})

t.test('a chain whose client runs out of budget returns the best answer so far', async t => {
  const server = await serveAnn(t, { tokens: 200, per: 'total' })
  // Two drafts that agree are merged; more of them would be the answer.
  const two = { hulumanage_params: { moa: { n: 2 } } }
  const { status, headers, text } = await ask(server, { model: 'moa-m', ...two })
  t.equal(status, 200)
  t.equal(headers['x-hulumanage-budget'], 'client')
  t.match(JSON.parse(text), { choices: [{ finish_reason: 'length' }] })
})

t.test('many requests at once get no further than the calls that run', async t => {
  const server = await serveAnn(t, { requests: 5, per: 'month' })
  const all = await Promise.all(Array.from({ length: 20 }, () => ask(server)))
  t.equal(all.filter(({ status }) => status === 200).length, 5)
  t.equal(all.filter(({ status }) => status === 429).length, 15)
})

t.test('a session that has used up its budget ends, and others continue', async t => {
  const server = await serve(t, [whole()], { config: { session_budget: { requests: 1 } } })
  const inSession = (id: string) => server.client.ask({}, { 'x-session-id': id })
  t.equal((await inSession('one')).status, 200)
  const refused = await inSession('one')
  t.equal(refused.status, 429)
  t.match(refused.text, /for one session is used up; begin another session/)
  t.equal((await inSession('two')).status, 200)
  t.equal((await server.client.ask()).status, 200)
})

t.test('a call that its client cancels before an answer is charged for its prompt', async t => {
  const messages = [{ role: 'user', content: 'word'.repeat(400) }]
  for (const budget of [{ tokens: 300 }, { usd: 0.3 }])
    for (const stream of [false, true]) {
      const server = await serveAnn(t, { ...budget, per: 'day' }, { action: hold() })
      const leaving = new AbortController()
      const left = fetch(`http://127.0.0.1:${server.port}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ann}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages, stream }),
        signal: leaving.signal,
      })
      await server.fakes[0]!.waitFor(1)
      leaving.abort()
      await t.rejects(left)
      await settled(server, 1)
      server.fakes[0]!.script([whole()])
      t.equal((await ask(server)).status, 429, JSON.stringify({ budget, stream }))
    }
})

t.test('what monitors the server costs nothing', async t => {
  const server = await serveAnn(t, { requests: 1, per: 'total' })
  for (const _ of [1, 2]) {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/models`, {
      headers: { authorization: `Bearer ${ann}` },
    })
    t.equal(response.status, 200)
    await response.text()
  }
  t.equal((await ask(server)).status, 200)
})

t.test('requests that make no model write cost nothing, also once the budget is used up', async t => {
  const server = await serveAnn(t, { requests: 1, per: 'total' })
  const headers = { authorization: `Bearer ${ann}` }
  const messages = [{ role: 'user', content: 'Hello' }]
  const askFree = async () => [
    (await server.client.post('/v1/messages/count_tokens', { model: 'm', messages }, headers)).status,
    (await server.client.post('/v1/responses/input_tokens', { model: 'm', input: 'Hello' }, headers)).status,
    (await server.client.post('/v1/responses/resp_1/cancel', {}, headers)).status,
  ]
  t.same(await askFree(), [200, 200, 404])
  t.equal((await ask(server)).status, 200)
  t.equal((await ask(server)).status, 429)
  t.same(await askFree(), [200, 200, 404])
})

t.test('a request that is passed on is charged, whichever method brings its body', async t => {
  for (const method of ['PUT', 'PATCH', 'POST']) {
    const server = await serveAnn(t, { requests: 1, per: 'total' })
    const statuses: number[] = []
    for (const _ of [1, 2]) {
      const response = await fetch(`http://127.0.0.1:${server.port}/v1/images/generations`, {
        method,
        headers: { authorization: `Bearer ${ann}`, 'content-type': 'application/json' },
        body: '{"model":"m"}',
      })
      statuses.push(response.status)
      await response.text()
    }
    t.strictSame(statuses, [200, 429], method)
  }
})

const uuid = (digit: string) => `${digit.repeat(8)}-1234-4abc-8def-0123456789ab`

/** How agents and gateways name the session of a request: headers, then fields. */
const namings: Record<string, (id: string) => readonly [Record<string, string>, object]> = {
  'Claude Code, by header': id => [{ 'x-claude-code-session-id': uuid(id) }, {}],
  'Claude Code, by one word': id => [
    {},
    { metadata: { user_id: `user_${'ab'.repeat(32)}_account__session_${uuid(id)}` } },
  ],
  'Claude Code, by JSON': id => [
    {},
    { metadata: { user_id: JSON.stringify({ device_id: 'd', account_uuid: '', session_id: uuid(id) }) } },
  ],
  'Codex, by header': id => [{ session_id: uuid(id) }, { prompt_cache_key: 'shared' }],
  'Codex, by field': id => [{}, { prompt_cache_key: uuid(id) }],
  opencode: id => [{ 'x-session-affinity': `ses_${id}ABCDEFGH` }, {}],
  'opencode, by field': id => [{}, { prompt_cache_key: `ses_${id}ABCDEFGH` }],
  OpenRouter: id => [{}, { session_id: `conversation ${id}` }],
  LiteLLM: id => [{}, { metadata: { session_id: id } }],
}

for (const [client, naming] of Object.entries(namings))
  t.test(`a session has its budget, named as by ${client}`, async t => {
    const server = await serve(t, [whole()], { config: { session_budget: { requests: 1 } } })
    const statusIn = async (id: string) => {
      const [headers, fields] = naming(id)
      return (await server.client.ask({ ...fields }, headers)).status
    }
    t.equal(await statusIn('1'), 200)
    t.equal(await statusIn('1'), 429)
    t.equal(await statusIn('2'), 200, 'another session')
    t.equal(server.received[0], 2)
  })

t.test('what many sessions share names none of them', async t => {
  const server = await serve(t, [whole()], { config: { session_budget: { requests: 1 } } })
  for (const fields of [
    { prompt_cache_key: 'my-app' },
    { metadata: { user_id: 'ann' } },
    { metadata: { user_id: '{"session_id": 5}' } },
    { metadata: { user_id: '{' } },
    { session_id: '' },
    { metadata: null },
  ])
    for (let request = 0; request < 2; request++)
      t.equal((await server.client.ask(fields)).status, 200, JSON.stringify(fields))
})

t.test('a session that the body names is charged beside the budget of its client', async t => {
  const config = {
    clients: [{ name: 'ann', key: ann, budget: { requests: 3 } }],
    session_budget: { tokens: 200 },
  }
  const server = await serve(t, [whole()], { config })
  const inSession = async (id: string) => await ask(server, { session_id: id })
  for (const requests of [1, 2]) {
    t.equal((await inSession('one')).status, 200)
    await settled(server, requests)
  }
  const refused = await inSession('one')
  t.equal(refused.status, 429)
  t.match(refused.text, /200 tokens for one session is used up/)
  await settled(server, 3)
  t.match((await inSession('two')).text, /"ann\\", 3 requests/, 'the refused one counted for its client')
})
