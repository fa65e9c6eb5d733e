import fc from 'fast-check'
import t from 'tap'
import { ClientBudgets } from '../../../../src/server/access/budgets/client-budgets.ts'
import type { Spending } from '../../../../src/server/access/budgets/client-budgets.ts'
import { periodAt } from '../../../../src/server/access/budgets/period.ts'
import type { Spender } from '../../../../src/server/access/budgets/spender.ts'
import type { ClientBudget } from '../../../../src/config/sections/clients/client-budget.ts'
import { MemoryAccounts } from '../../../../src/store/memory/accounts.ts'

const midday = Date.UTC(2026, 10, 29, 12)
const dayMs = 86_400_000

/** Servers that share a store, in virtual time. */
function servers(count: number) {
  const clock = { now: midday }
  const accounts = new MemoryAccounts({ now: () => clock.now })
  const options = { accounts: () => accounts, now: () => clock.now }
  return { clock, accounts, all: Array.from({ length: count }, () => new ClientBudgets(options)) }
}

function spending(budget: ClientBudget | undefined, more: Partial<Spending> = {}): Spending {
  return { tenant: 'client:ann', name: 'ann', budget, session: undefined, sessionBudget: undefined, ...more }
}

/** An attempt that used so many tokens, each of which costs a cent. */
function attempt(tokens: number, usd: number | null = tokens / 100) {
  const usage = { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens }
  const times = { headMs: 1, totalMs: 1 }
  const place = { path: 'proxy', provider: 'a', model: 'm', reason: 'weighted' }
  return { ...place, ...times, outcome: 'ok', status: 200, usage, cost: { usd } }
}

const settled = () => new Promise(setImmediate)

t.test('a budget of requests is exact, and begins again with its period', async t => {
  const { clock, all } = servers(2)
  const budget: ClientBudget = { requests: 3, per: 'day' }
  const begin = (server: number) => all[server]!.begin(spending(budget))
  for (const server of [0, 1, 0]) (await begin(server))?.end()
  await t.rejects(begin(1), {
    code: 'budget_client',
    status: 429,
    retryAfter: 43_200,
    shouldRetry: false,
    message: /"ann", 3 requests for 2026-11-29, is used up until 2026-11-30T00:00:00\.000Z/,
  })
  clock.now += dayMs / 2
  t.ok(await begin(0))
})

t.test('a budget in total never begins again', async t => {
  const { clock, all } = servers(1)
  const begin = () => all[0]!.begin(spending({ requests: 1, per: 'total' }))
  ;(await begin())?.end()
  clock.now += 400 * dayMs
  await t.rejects(begin(), { code: 'budget_client', retryAfter: undefined, message: /in total, is used up/ })
})

t.test('a request whose client has used up its budget makes no further call', async t => {
  const { all } = servers(1)
  const spender = (await all[0]!.begin(spending({ tokens: 100, per: 'month' })))!
  spender.check()
  spender.attempted(attempt(60))
  spender.check()
  spender.attempted(attempt(60))
  t.throws(() => spender.check(), { code: 'budget_client', message: /100 tokens for 2026-11/ })
})

for (const { title, used, most } of [
  { title: 'requests that used nothing do not make the next ones look cheap', used: 0, most: 100 },
  { title: 'requests that used little do not let a burst in without reservations', used: 1, most: 1_000 },
])
  t.test(title, async t => {
    const { all } = servers(1)
    const begin = () => all[0]!.begin(spending({ tokens: 1_000_000, per: 'day' }))
    for (let earlier = 0; earlier < 100; earlier++) {
      const spender = await begin()
      if (used > 0) spender?.attempted(attempt(used))
      spender?.end()
    }
    await settled()
    const burst = await Promise.allSettled(Array.from({ length: 2_000 }, begin))
    const admitted = burst.filter(({ status }) => status === 'fulfilled').length
    t.ok(admitted <= most, `${admitted} of 2,000`)
  })

t.test('what another server spends counts as soon as a call of this one has ended', async t => {
  const { all } = servers(2)
  const [one, two] = await Promise.all(all.map(server => server.begin(spending({ usd: 1, per: 'day' }))))
  one!.attempted(attempt(100))
  await settled()
  two!.attempted(attempt(1))
  await settled()
  t.throws(() => two!.check(), { code: 'budget_client' })
})

t.test('a call of unknown price ends a request that has a budget in USD', async t => {
  const { all } = servers(1)
  const spender = (await all[0]!.begin(spending({ usd: 1, per: 'day' })))!
  spender.attempted(attempt(1, null))
  t.throws(() => spender.check(), { code: 'budget_client' })
})

t.test('a session has a budget of its own, also without a named client', async t => {
  const { all } = servers(1)
  const ask = (session: string | undefined) =>
    all[0]!.begin(
      spending(undefined, { name: undefined, tenant: '::1', session, sessionBudget: { requests: 1 } }),
    )
  ;(await ask('one'))?.end()
  await t.rejects(ask('one'), { code: 'budget_client', message: /for one session is used up/ })
  t.ok(await ask('two'))
  t.equal(await ask(undefined), undefined)
})

t.test('a request that one budget refuses leaves the others as they were', async t => {
  const { all } = servers(1)
  const both = spending({ requests: 2, per: 'day' }, { session: 's', sessionBudget: { requests: 1 } })
  ;(await all[0]!.begin(both))?.end()
  await t.rejects(all[0]!.begin(both), { code: 'budget_client' })
  await settled()
  const other = { ...both, session: 'other' }
  t.ok(await all[0]!.begin(other), 'there is one request left')
})

t.test('periods are days and months of UTC', async t => {
  const last = Date.UTC(2026, 11, 31, 23, 59)
  t.same(periodAt('day', last), {
    id: '2026-12-31',
    startsAt: Date.UTC(2026, 11, 31),
    endsAt: Date.UTC(2027, 0, 1),
  })
  t.same(periodAt('month', last), {
    id: '2026-12',
    startsAt: Date.UTC(2026, 11, 1),
    endsAt: Date.UTC(2027, 0, 1),
  })
  t.same(periodAt('total', last), { id: 'total', startsAt: 0, endsAt: Infinity })
})

type Step =
  | { readonly kind: 'begin'; readonly server: number }
  | { readonly kind: 'call'; readonly request: number; readonly tokens: number }
  | { readonly kind: 'end'; readonly request: number }
  | { readonly kind: 'pass'; readonly hours: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), server: fc.nat(2) }),
  fc.record({ kind: fc.constant('call' as const), request: fc.nat(50), tokens: fc.nat(400) }),
  fc.record({ kind: fc.constant('end' as const), request: fc.nat(50) }),
  fc.record({ kind: fc.constant('pass' as const), hours: fc.nat(8) }),
)

t.test('nobody calls once the budget is used up, and at the end an account is what was used', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async steps => {
      const limit = 1_000
      const { clock, accounts, all } = servers(3)
      const running: { spender: Spender; day: string }[] = []
      const used = new Map<string, number>()
      for (const one of steps) {
        const day = periodAt('day', clock.now).id
        if (one.kind === 'pass') clock.now += one.hours * 3_600_000
        else if (one.kind === 'begin') {
          const spender = await all[one.server]!.begin(spending({ tokens: limit, per: 'day' })).catch(
            () => undefined,
          )
          if (spender) running.push({ spender, day })
          else if ((used.get(day) ?? 0) < limit && running.length === 0) return false
        } else if (running.length > 0) {
          const index = one.request % running.length
          const { spender, day: begun } = running[index]!
          if (one.kind === 'end') {
            spender.end()
            running.splice(index, 1)
          } else {
            const before = used.get(begun) ?? 0
            spender.attempted(attempt(one.tokens))
            used.set(begun, before + one.tokens)
            await settled()
            let isRefused = false
            try {
              spender.check()
            } catch {
              isRefused = true
            }
            // Every call that has ended is known here, so nobody begins another one beyond the limit.
            if (before + one.tokens >= limit && !isRefused) return false
          }
        }
        await settled()
      }
      for (const { spender } of running) spender.end()
      await settled()
      const today = periodAt('day', clock.now).id
      const sum = await accounts.charge(`client:ann tokens ${today}`, 0, Infinity, dayMs)
      return Math.abs(sum - (used.get(today) ?? 0)) < 1e-6
    }),
    { numRuns: 60 },
  )
})

t.test('sessions that a client makes up do not renew the budget of another one', async t => {
  const { all } = servers(1)
  const begin = () => all[0]!.begin(spending({ requests: 1, per: 'total' }))
  ;(await begin())?.end()
  const other = { tenant: 'client:bob', name: 'bob', sessionBudget: { requests: 5 } }
  for (let count = 0; count < 50_001; count++)
    (await all[0]!.begin(spending(undefined, { ...other, session: String(count) })))?.end()
  await t.rejects(begin(), { code: 'budget_client' })
})
