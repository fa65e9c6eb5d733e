import t from 'tap'
import {
  allowanceOf,
  RemainingBudget,
  timeIsUp,
  withinPatience,
} from '../../../src/chain/accounting/budget.ts'
import { RequestMeter } from '../../../src/chain/accounting/meter.ts'

const server = { limits: { calls: 10, tokens: 100, usd: 0.5 }, timeouts: { total: 60 } }

t.test("takes the smaller of the client's and the server's limit", async t => {
  t.same(allowanceOf({ calls: 3, tokens: 500, usd: 0.1, seconds: 2 }, server, 1000), {
    calls: 3,
    tokens: 100,
    usd: 0.1,
    deadline: 3000,
    timeCode: 'budget_time',
  })
  t.same(allowanceOf({ calls: 30, seconds: 90 }, server, 0), {
    calls: 10,
    tokens: 100,
    usd: 0.5,
    deadline: 60_000,
    timeCode: 'deadline_exceeded',
  })
  const unlimited = { calls: 10, tokens: Infinity, usd: Infinity }
  t.match(allowanceOf(undefined, { ...server, limits: { calls: 10 } }, 0), unlimited)
})

t.test(
  'ends a little before the client stops waiting, and never after the deadline of the server',
  async t => {
    const allowance = allowanceOf(undefined, server, 0)
    const patient = withinPatience(allowance, 10, false, 0)
    t.equal(patient.deadline, 9500)
    t.match(timeIsUp(patient), { code: 'deadline_exceeded', message: /gives up after 10 s/ })
    t.equal(withinPatience(allowance, 40, true, 0).deadline, 39_000)
    t.equal(withinPatience(allowance, 600, false, 0), allowance)
  },
)

t.test('reports the remainder', async t => {
  const allowance = allowanceOf(undefined, server, 0)
  const meter = new RequestMeter({ ...allowance, deadline: Infinity })
  const budget = new RemainingBudget(allowance, meter)
  meter.call('bon')
  meter.bill({ prompt_tokens: 10, completion_tokens: 110, total_tokens: 120 })
  meter.spend({ cost: { usd: 0.2 }, tokens: 10 }, false)
  t.match(budget, { calls: 9, tokens: 0, usd: 0.3, deadline: 60_000 })
})

t.test(
  'a limit in USD has nothing left once a price is unknown; without a limit, prices do not matter',
  async t => {
    const remaining = (usd: number) => {
      const meter = new RequestMeter({ ...allowanceOf(undefined, server, 0), usd, deadline: Infinity })
      meter.spend({ cost: { usd: null }, tokens: 10 }, false)
      return new RemainingBudget({ ...allowanceOf(undefined, server, 0), usd }, meter).usd
    }
    t.equal(remaining(5), 0)
    t.equal(remaining(Infinity), Infinity)
  },
)
