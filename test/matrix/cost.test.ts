import t from 'tap'
import { answer, error, gate, hold, json, stream } from '../fake-provider.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

/** 1000 prompt tokens are one dollar, as many completion tokens two. */
const price = { input: 1000, output: 2000 }
const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 }
const priced = { entries: [{ price }, { price }] }

/** An answer of a provider that costs 2 USD. */
function whole(text = 'fine', used: object = usage) {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
  return json({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage: used })
}

async function requestLine(server: Served): Promise<Record<string, unknown> | undefined> {
  const lines = () =>
    server.log.map(line => JSON.parse(line) as Record<string, unknown>).filter(({ msg }) => msg === 'request')
  // The line is written when the connection has noticed the end of the answer.
  while (lines().length === 0) await new Promise(setImmediate)
  return lines()[0]
}

t.test('the line of a request has its cost if the price is known', async t => {
  const server = await serve(t, [whole()], priced)
  await server.client.ask()
  t.same((await requestLine(server))?.['cost'], { usd: 2 })
  const unpriced = await serve(t, [whole()])
  await unpriced.client.ask()
  t.notOk('cost' in ((await requestLine(unpriced)) ?? {}))
})

t.test(
  'all calls of an approach are paid, and a single one of unknown price makes the sum unknown',
  async t => {
    const server = await serve(t, [whole()], priced)
    // Two drafts that agree are merged; of more, all but one would be wasted.
    const two = { hulumanage_params: { moa: { n: 2 } } }
    await server.client.ask({ model: 're2-moa-m', ...two })
    const { calls, cost } = (await requestLine(server)) ?? {}
    t.same(cost, { usd: 2 * Number(calls) })
    const config = { routing: { strategy: 'round_robin' } }
    const mixed = await serve(t, [whole(), whole()], { config, entries: [{ price }, {}] })
    await mixed.client.ask({ model: 'moa-m' })
    t.notOk('cost' in ((await requestLine(mixed)) ?? {}))
  },
)

t.test('an answer that broke off before another provider answered is paid for nothing', async t => {
  const nonsense = json({ ...usage, choices: 'none' })
  const server = await serve(t, [nonsense, whole()], priced)
  await server.client.ask({ messages: [{ role: 'user', content: 'x'.repeat(4000) }] })
  t.same((await requestLine(server))?.['cost'], { usd: 3, wasted_usd: 1, estimated: true })
})

t.test('a refusal before another provider answered costs nothing', async t => {
  const server = await serve(t, [error(500), whole()], priced)
  await server.client.ask()
  t.same((await requestLine(server))?.['cost'], { usd: 2 })
})

t.test('a stream costs what its last chunk reports', async t => {
  const server = await serve(t, [stream(['one ', 'two'])], priced)
  await server.client.ask({ stream: true })
  t.match((await requestLine(server))?.['cost'], { usd: Number })
})

t.test('a draw that is cancelled is paid for nothing, by an estimate', async t => {
  const draws = [answer('one', { ignoreN: true }), answer('one'), hold(gate())]
  const server = await serve(t, [draws], priced)
  const params = { n: 3, quorum: 2, patience: 0, adaptive: false }
  await server.client.ask({
    model: 'self_consistency&proxy-m',
    hulumanage_params: { self_consistency: params },
  })
  const { cost } = ((await requestLine(server)) ?? {}) as { cost?: { wasted_usd?: number } }
  t.match(cost, { usd: Number, wasted_usd: Number, estimated: true })
})

t.test('the cost of a whole answer is a header, and that of a stream is in its last comment', async t => {
  const server = await serve(t, [[whole(), stream(['one'], { usage })]], priced)
  const { headers } = await server.client.ask()
  t.equal(headers['x-hulumanage-cost'], '2')
  const streamed = await server.client.ask({ stream: true })
  t.notOk('x-hulumanage-cost' in streamed.headers)
  const [, facts = '{}'] = /: hulumanage (.*)/.exec(streamed.text) ?? []
  t.match(JSON.parse(facts), { cost: { usd: 2 } })
  const unpriced = await serve(t, [whole()])
  t.notOk('x-hulumanage-cost' in (await unpriced.client.ask()).headers)
})

t.test('candidates that were not chosen are paid for nothing, each its share of the call', async t => {
  const candidates = ['one', 'two', 'three'].map(text => whole(text))
  const grades = ['7', '2', '3'].map(text => whole(text))
  const server = await serve(t, [[...candidates, ...grades]], priced)
  await server.client.ask({ model: 'bon-m', hulumanage_params: { bon: { n: 3 } } })
  t.same((await requestLine(server))?.['cost'], { usd: 12, wasted_usd: 4 })
})

t.test('a trace has the cost of each call to a model', async t => {
  const server = await serve(t, [error(500), whole()], priced)
  const { text } = await server.client.ask({ hulumanage_trace: true })
  t.match(JSON.parse(text), { hulumanage_trace: [{ cost: { usd: 2 } }] })
})

t.test('stats and metrics add the costs up', async t => {
  const server = await serve(t, [[whole(), whole(), json({ ...usage, choices: 0 })], whole()], priced)
  for (let time = 0; time < 3; time++)
    await server.client.ask({ messages: [{ role: 'user', content: 'x'.repeat(4000) }] })
  const { cost } = JSON.parse((await server.client.get('/stats')).text) as { cost: unknown }
  t.same(cost, { usd: 7, wasted_usd: 1, requests_of_unknown_cost: 0 })
  const { text } = await server.client.get('/metrics')
  t.match(text, /hulumanage_cost_usd_total\{provider="a",model="m",outcome="ok"\} 4/)
  t.match(text, /hulumanage_cost_usd_total\{provider="a",model="m",outcome="upstream_bad_response"\} 1/)
  t.match(text, /hulumanage_wasted_cost_usd_total 1/)
})

t.test('a budget in USD ends a chain with its best answer so far', async t => {
  const server = await serve(t, [[whole('one'), whole('two'), whole('three')]], priced)
  const { text, headers } = await server.client.ask({
    model: 'bon-m',
    hulumanage_budget: { usd: 5 },
    hulumanage_params: { bon: { n: 3 } },
  })
  t.equal(headers['x-hulumanage-budget'], 'usd')
  t.match(JSON.parse(text), { choices: [{ message: { content: 'one' }, finish_reason: 'length' }] })
  t.same(server.received, [3], 'no candidate is graded')
})

t.test('the limit of the server in USD is that of every request, and needs prices', async t => {
  const limited = { config: { limits: { usd: 3 } } }
  const server = await serve(t, [whole()], { ...limited, ...priced })
  t.equal((await server.client.ask()).status, 200)
  const { status, text } = await server.client.ask({
    model: 're2&re2&re2-m',
    hulumanage_budget: { usd: 100 },
  })
  t.equal(status, 429)
  t.match(JSON.parse(text), { error: { code: 'budget_usd' } })
  const unpriced = await serve(t, [whole()], limited)
  const refused = await unpriced.client.ask({ model: 're2&re2-m' })
  t.match(JSON.parse(refused.text), { error: { code: 'budget_usd', message: /set its price/ } })
})

t.test('a budget in USD is a positive number', async t => {
  const server = await serve(t, [whole()])
  for (const usd of [0, -1, '1', 1e9]) {
    const { status, text } = await server.client.ask({ hulumanage_budget: { usd } })
    t.equal(status, 400)
    t.match(text, /hulumanage_budget.usd/)
  }
})

t.test('what a request without an answer has cost is wasted', async t => {
  const nonsense = json({ choices: 'none' })
  const server = await serve(t, [nonsense, error(500)], priced)
  const { status } = await server.client.ask({ messages: [{ role: 'user', content: 'x'.repeat(4000) }] })
  t.equal(status >= 500, true)
  t.same((await requestLine(server))?.['cost'], { usd: 1, wasted_usd: 1, estimated: true })
  t.match(JSON.parse((await server.client.get('/stats')).text), { cost: { usd: 1, wasted_usd: 1 } })
  t.match((await server.client.get('/metrics')).text, /hulumanage_wasted_cost_usd_total 1/)
})
