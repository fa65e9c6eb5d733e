import t from 'tap'
import type { Test } from 'tap'
import { providerSchema } from '../../src/config/schema.ts'
import type { AttemptCost, ChatRequest } from '../../src/contract/index.ts'
import { openaiKind } from '../../src/providers/openai.ts'
import { Provider } from '../../src/providers/provider.ts'
import { attempt } from '../../src/attempt/attempt.ts'
import { ask, callOf } from '../call.ts'
import type { TestCall } from '../call.ts'
import { error, fakeProvider, gate, hold, json, stream } from '../fake-provider.ts'
import type { Script } from '../fake-provider.ts'
import type { Spent } from '../../src/chat/provider-call.ts'

/** A call whose meter keeps the costs it is charged. */
function chargedCall(): TestCall & { readonly costs: { cost: AttemptCost; wasted: boolean }[] } {
  const costs: { cost: AttemptCost; wasted: boolean }[] = []
  const call = callOf()
  const spend = ({ cost }: Spent, wasted: boolean) => costs.push({ cost, wasted })
  const meter = { ...call.request.meter, spend }
  return { ...call, request: { ...call.request, meter }, costs }
}

async function attemptAt(t: Test, url: string, request: ChatRequest, call: TestCall, more: object) {
  const config = providerSchema.parse({ name: 'fake', base_url: url, api_key: 'sk-test', ...more })
  const provider = new Provider(config, openaiKind, 1_000)
  t.teardown(() => provider.dispatcher.destroy())
  const timeouts = { requestMs: 20_000, firstTokenMs: 20_000, idleMs: 20_000 }
  return await attempt({ provider, request, call, timeouts, maxResponseBytes: 1_000_000, reason: 'test' })
}

async function costsOf(t: Test, script: Script, more: object, request = ask()) {
  const fake = await fakeProvider(t, script)
  const call = chargedCall()
  try {
    await (await attemptAt(t, fake.url, request, call, more)).text()
  } catch {
    // A failure may have a cost, too.
  }
  return { costs: call.costs, reports: call.reports }
}

const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 }
const price = { input: 1000, output: 2000 }
const whole = (more: object = {}) => completionWith({ ...usage, ...more })
const completionWith = (reported: object | null) =>
  json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    usage: reported,
  })

t.test(
  'an answer costs what its tokens cost at the price of the model, by the name of the provider',
  async t => {
    const more = {
      price: { input: 0, output: 0 },
      model_map: { 'gpt-4': 'own' },
      model_prices: { own: price },
    }
    const { costs, reports } = await costsOf(t, whole(), more)
    t.same(costs, [{ cost: { usd: 2 }, wasted: false }])
    t.same(reports[0]?.cost, { usd: 2 })
  },
)

t.test('an unknown price is null, and a free model costs 0', async t => {
  t.same((await costsOf(t, whole(), {})).costs, [{ cost: { usd: null }, wasted: false }])
  const free = { price: { input: 0, output: 0 } }
  t.same((await costsOf(t, whole(), free)).costs, [{ cost: { usd: 0 }, wasted: false }])
})

t.test('without a price of its own, a service is believed what it says the call has cost', async t => {
  t.match((await costsOf(t, whole({ cost: 0.125 }), {})).costs, [{ cost: { usd: 0.125 } }])
  t.match((await costsOf(t, whole({ cost: 0.125 }), { price })).costs, [{ cost: { usd: 2 } }])
  for (const cost of [-1, 1e9, '1', null])
    t.match((await costsOf(t, whole({ cost }), {})).costs, [{ cost: { usd: null } }], String(cost))
})

t.test('a stream is charged once, before its end is read', async t => {
  const { costs, reports } = await costsOf(t, stream(['hi']), { price }, ask('hello', { stream: true }))
  t.equal(costs.length, 1)
  t.ok((costs[0]?.cost.usd ?? 0) > 0)
  t.equal(costs[0]?.wasted, false)
  t.ok(reports.length <= 1)
})

t.test('an answer without usage is charged by an estimate, and says so', async t => {
  const { costs } = await costsOf(t, completionWith(null), { price }, ask('x'.repeat(4000)))
  t.same(costs, [{ cost: { usd: 1.002, estimated: true }, wasted: false }])
})

t.test('a provider that answers with an error costs nothing', async t => {
  const { costs, reports } = await costsOf(t, error(500), { price })
  t.same(costs, [])
  t.equal(reports[0]?.cost, undefined)
})

t.test('a call that is cancelled has cost its prompt, as an estimate, for nothing', async t => {
  const fake = await fakeProvider(t, hold(gate()))
  const call = chargedCall()
  const asked = attemptAt(t, fake.url, ask('x'.repeat(4000)), call, { price })
  await fake.waitFor(1)
  call.controller.abort()
  await t.rejects(asked, { code: 'client_closed' })
  t.same(call.costs, [{ cost: { usd: 1, estimated: true }, wasted: true }])
})

t.test('a call that is cancelled before it was sent costs nothing', async t => {
  const fake = await fakeProvider(t)
  const call = chargedCall()
  call.controller.abort()
  await t.rejects(attemptAt(t, fake.url, ask(), call, { price }), { code: 'client_closed' })
  t.same(call.costs, [])
})

t.test('the cost of a request without messages is unknown if it is cancelled', async t => {
  const fake = await fakeProvider(t, hold(gate()))
  const call = chargedCall()
  const asked = attemptAt(t, fake.url, { model: 'gpt-4', messages: [], input: 'hi' }, call, { price })
  await fake.waitFor(1)
  call.controller.abort()
  await t.rejects(asked, { code: 'client_closed' })
  t.same(call.costs, [{ cost: { usd: null }, wasted: true }])
})
