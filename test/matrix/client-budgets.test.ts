import t from 'tap'
import { json } from '../fake-provider.ts'
import { serve } from './serve.ts'
import type { Served, ServeOptions } from './serve.ts'

const ann = 'key-of-ann-0123456789'
const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }

function whole() {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }]
  return json({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage })
}

type Budget = NonNullable<NonNullable<NonNullable<ServeOptions['config']>['clients']>[number]['budget']>

async function serveAnn(t: Parameters<typeof serve>[0], budget: Budget, more: ServeOptions = {}) {
  const config = { clients: [{ name: 'ann', key: ann, budget }] }
  return await serve(t, [whole()], { config, entries: [{ price: { input: 1000, output: 2000 } }], ...more })
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
  const { status, headers, text } = await ask(server, { model: 'moa-m' })
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
