import { join } from 'node:path'
import t from 'tap'
import { usageSums } from '../../../../src/ledger/ledger.ts'
import type { UsageQuery, UsageRow } from '../../../../src/ledger/ledger.ts'
import { ClientBudgets } from '../../../../src/server/access/budgets/client-budgets.ts'
import { EarlierUse } from '../../../../src/server/access/budgets/earlier-use.ts'
import { MemoryAccounts } from '../../../../src/store/memory/accounts.ts'
import type { ClientBudget } from '../../../../src/config/sections/clients/client-budget.ts'
import { fakeProvider, json } from '../../../fake-provider.ts'
import { startHost } from '../../host.ts'
import { hello } from '../../serve.ts'

const midday = Date.UTC(2026, 10, 29, 12)
const dayMs = 86_400_000

function row(client: string, sums: Partial<UsageRow>): UsageRow {
  const none = Object.fromEntries(usageSums.map(name => [name, 0])) as unknown as UsageRow
  return { ...none, client, ...sums }
}

/** Servers that share accounts and a ledger with the use of one client, and what the ledger was asked. */
function servers(count: number, sums: Partial<UsageRow> | Error) {
  const accounts = new MemoryAccounts()
  const asked: UsageQuery[] = []
  const warnings: unknown[] = []
  const ledger = {
    usage: async (query: UsageQuery) => {
      asked.push(query)
      if (sums instanceof Error) throw sums
      return [row('ann', sums), row('bob', { requests: 1e9 })]
    },
  }
  const clock = { now: midday }
  const all = Array.from({ length: count }, () => {
    const log = { warn: (facts: unknown) => void warnings.push(facts) }
    const options = { accounts: () => accounts, startedAt: midday }
    const earlier = new EarlierUse({ ...options, ledger: () => ledger, log })
    return new ClientBudgets({ ...options, earlier, now: () => clock.now })
  })
  const begin = async (budget: ClientBudget, server = 0) =>
    await all[server]!.begin({
      tenant: 'client:ann',
      name: 'ann',
      budget,
      session: undefined,
      sessionBudget: undefined,
    })
  return { begin, asked, warnings, clock }
}

t.test('a budget counts what its client used before the start', async t => {
  const { begin, asked } = servers(1, { requests: 12, failed: 2, prompt: 60, completion: 40, cost: 3 })
  await t.rejects(begin({ requests: 10, per: 'month' }), { code: 'budget_client' })
  await t.rejects(begin({ tokens: 100, per: 'month' }), { code: 'budget_client' })
  await t.rejects(begin({ usd: 3, per: 'month' }), { code: 'budget_client' })
  const month = { since: Date.UTC(2026, 10, 1), until: Date.UTC(2026, 11, 1) }
  t.same(asked, [{ by: ['client'], ...month }], 'once for all clients of a period')
  t.ok(await begin({ requests: 11, per: 'day' }))
  t.ok(await begin({ usd: 3.5, per: 'total' }))
  t.match(asked, [{}, { since: Date.UTC(2026, 10, 29) }, { since: 0 }])
})

t.test('of servers and workers that share an account, one adds what was used before', async t => {
  const { begin } = servers(3, { requests: 5 })
  const budget: ClientBudget = { requests: 8, per: 'month' }
  const begun = await Promise.allSettled([0, 1, 2, 0, 1, 2].map(server => begin(budget, server)))
  t.equal(begun.filter(({ status }) => status === 'fulfilled').length, 3)
})

t.test('after a clock that was set back, requests of later days do not count', async t => {
  const { begin, asked, clock } = servers(1, { requests: 5 })
  clock.now -= 40 * dayMs
  await begin({ requests: 6, per: 'day' })
  const day = Date.UTC(2026, 9, 20)
  t.same(asked, [{ by: ['client'], since: day, until: day + dayMs }])
})

t.test('a period that begins after the start begins at 0, without a question', async t => {
  const { begin, asked, clock } = servers(1, { requests: 5 })
  clock.now += dayMs
  t.ok(await begin({ requests: 1, per: 'day' }))
  t.same(asked, [])
})

t.test('a ledger that cannot be read leaves budgets at 0, and the log says so once', async t => {
  const { begin, warnings, asked } = servers(1, new Error('away'))
  t.ok(await begin({ requests: 2, per: 'month' }))
  t.ok(await begin({ requests: 2, per: 'month' }))
  await t.rejects(begin({ requests: 2, per: 'month' }))
  t.same(warnings, [{ reason: 'away' }])
  t.equal(asked.length, 1)
})

t.test('a client that has used up its budget is refused after a restart', async t => {
  const choices = [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 }
  const fake = await fakeProvider(t, [
    json({ id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage }),
  ])
  const path = join(t.testdir({}), 'ledger.db')
  const start = async () =>
    await startHost(t, {
      approach: 'proxy',
      providers: [{ name: 'fake', base_url: fake.url, api_key: 'sk-provider' }],
      routing: { health_check: { enabled: false } },
      clients: [{ name: 'ann', key: 'ann-key', budget: { tokens: 150, per: 'total' } }],
      ledger: { path },
    })
  const ask = async (url: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer ann-key' }
    const body = JSON.stringify(hello)
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
    // Only an answer that was sent as a whole has used what it says.
    await answer.text()
    return answer.status
  }
  const first = await start()
  t.equal(await ask(first.url), 200)
  t.equal(await ask(first.url), 429)
  await first.stop()
  const second = await start()
  t.equal(await ask(second.url), 429)
})
