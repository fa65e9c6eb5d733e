import t from 'tap'
import type { Usage } from '../../../src/contract/index.ts'
import { withMeter, RequestMeter } from '../../../src/chain/accounting/meter.ts'
import type { Allowance } from '../../../src/chain/accounting/budget.ts'
import { CompleteReply } from '../../../src/chat/reply.ts'
import { ask, callOf } from '../../call.ts'
import { completion, streamed } from '../fakes.ts'

const bill = (prompt: number, completion: number, more: Partial<Usage> = {}): Usage => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
})

function meterOf(allowance: Partial<Allowance> = {}): RequestMeter {
  return new RequestMeter({
    calls: 9,
    tokens: Infinity,
    usd: Infinity,
    deadline: Infinity,
    timeCode: 'deadline_exceeded',
    ...allowance,
  })
}

t.test('usage counts as estimated once a part of it is', async t => {
  const meter = meterOf()
  meter.bill(bill(1, 1, { estimated: true }))
  meter.bill(bill(1, 1))
  t.same(meter.usage, bill(2, 2, { estimated: true }))
})

t.test('counts calls and attempts, and knows the latest provider', async t => {
  const meter = meterOf()
  meter.call('bon')
  meter.begin('one')
  meter.begin('two')
  t.match(meter, { calls: 1, attempts: 2, provider: 'two', spent: undefined })
})

t.test('refuses the call that would exceed the budget, and names the budget', async t => {
  const calls = meterOf({ calls: 1 })
  calls.call('bon')
  t.throws(() => calls.call('bon.grade'), { code: 'budget_calls', message: /1 model calls.*bon\.grade/ })
  t.match(calls, { calls: 1, spent: 'calls' })
  const tokens = meterOf({ tokens: 5 })
  tokens.bill(bill(2, 3))
  t.throws(() => tokens.call('bon'), { code: 'budget_tokens' })
  t.equal(tokens.spent, 'tokens')
  const time = meterOf({ deadline: 0, timeCode: 'budget_time' })
  t.throws(() => time.call('bon'), { code: 'budget_time', message: /hulumanage_budget\.seconds/ })
  t.equal(time.spent, 'seconds')
})

t.test('bills a reply when its body has ended', async t => {
  const meter = meterOf()
  const call = callOf('id', { meter })
  const whole = await withMeter(async () => new CompleteReply(completion('a')))(ask(), call)
  await whole.done
  t.equal(meter.usage.total_tokens, 5)
  const stream = await withMeter(async () => streamed('a'))(ask(), call)
  t.equal(meter.usage.total_tokens, 5)
  await stream.text()
  t.equal(meter.usage.total_tokens, 10)
  t.equal(meter.calls, 2)
})

t.test('makes no call beyond the budget', async t => {
  const upstream = withMeter(() => t.fail('called') as never)
  await t.rejects(upstream(ask(), callOf('id', { meter: meterOf({ calls: 0 }) })), { code: 'budget_calls' })
})

t.test('reports how many of the calls of a step failed', t => {
  const meter = meterOf()
  t.equal(meter.degraded, undefined)
  for (const path of ['bon.draw', 'bon.grade', 'bon.grade', 'bon.grade']) meter.ask(path)
  meter.leaveOut()
  t.equal(meter.degraded, undefined)
  meter.leaveOut('bon.grade')
  meter.leaveOut('bon.grade')
  t.equal(meter.degraded, 'bon.grade 2/3')
  t.ok(meter.partial)
  t.end()
})

t.test('a budget in USD ends with its money, or with a call whose price is unknown', async t => {
  const meter = meterOf({ usd: 1 })
  meter.call('bon')
  meter.spend({ cost: { usd: 0.5 }, tokens: 10 }, true)
  meter.call('bon')
  meter.spend({ cost: { usd: 0.5 }, tokens: 10 }, false)
  t.throws(() => meter.call('bon'), { code: 'budget_usd', message: /of 1 USD is used up.*limits\.usd/ })
  t.equal(meter.spent, 'usd')
  const unpriced = meterOf({ usd: 1 })
  unpriced.spend({ cost: { usd: null }, tokens: 10 }, false)
  t.throws(() => unpriced.call('bon'), { code: 'budget_usd', message: /without a price/ })
  const unlimited = meterOf()
  unlimited.spend({ cost: { usd: null }, tokens: 10 }, false)
  unlimited.call('bon')
  t.equal(unlimited.calls, 1)
})
