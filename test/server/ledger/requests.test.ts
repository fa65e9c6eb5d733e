import t from 'tap'
import type { Test } from 'tap'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { doneFrame } from '../../../src/text/sse.ts'
import { answer, error, fakeProvider, hold, stream, write } from '../../fake-provider.ts'
import type { Script } from '../../fake-provider.ts'
import { TestClock } from '../../test-clock.ts'
import { startHost } from '../host.ts'

const key = 'client-key-1'
const question = { model: 'fake-model', messages: [{ role: 'user', content: 'Hi' }] }

interface Page {
  readonly data: readonly Record<string, unknown>[]
  readonly next_cursor: string
}

async function start(t: Test, scripts: readonly Script[], config: ConfigInput = {}) {
  const fakes = await Promise.all(scripts.map(script => fakeProvider(t, script)))
  const names = ['a', 'b', 'c']
  const { url, currentConfig } = await startHost(t, {
    approach: 'proxy',
    api_keys: [key],
    ledger: { path: ':memory:' },
    routing: { strategy: 'failover', health_check: { enabled: false } },
    providers: fakes.map((fake, index) => ({ name: names[index]!, base_url: fake.url })),
    ...config,
  })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const get = async (path: string) => await fetch(url + path, { headers })
  const ask = async (body: object, id: string, path = '/v1/chat/completions') => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'x-request-id': id },
      body: JSON.stringify(body),
    }
    const response = await fetch(url + path, options)
    return { status: response.status, text: await response.text() }
  }
  const read = async <T = Page>(path: string) => (await (await get(path)).json()) as T
  return { url, fakes, get, ask, read, currentConfig }
}

t.test('a relayed request is recorded with its one call', async t => {
  const { ask, read } = await start(t, [answer()])
  await ask(question, 'one')
  const [listed] = (await read('/requests')).data
  const { tokens, client } = listed!
  const facts = { id: 'one', route: '/v1/chat/completions', status: 200, error: null, chain: 'proxy' }
  t.match(listed, { ...facts, model: 'fake-model', provider: 'a', calls: 1, attempts: 1, cost: null })
  t.match(String(client), /^key-[0-9a-f]{8}$/)
  t.notMatch(JSON.stringify(listed), key)
  t.match(await read('/requests/one'), {
    ...facts,
    tokens: tokens,
    tree: [
      {
        path: 'proxy',
        provider: 'a',
        model: 'fake-model',
        outcome: 'ok',
        status: 200,
        tokens: tokens,
      },
    ],
  })
  t.type((tokens as Shown['tokens']).prompt, 'number')
})

for (const [what, script] of [
  ['', answer()],
  [', also while its provider keeps the connection open', stream(['ok', write(doneFrame), hold()])],
] as const) {
  t.test(`a stream is recorded with its tokens${what}`, async t => {
    const { ask, read } = await start(t, [script])
    await ask({ ...question, stream: true }, 'streamed')
    const tree = [{ outcome: 'ok', tokens: { completion: Number } }]
    t.match(await read('/requests/streamed'), { status: 200, tokens: { wasted: 0 }, tree })
  })
}

t.test('a failed attempt is recorded under the call that another provider answered', async t => {
  const { ask, read } = await start(t, [error(500), answer()])
  await ask(question, 'moved')
  t.match(await read('/requests/moved'), {
    status: 200,
    provider: 'b',
    calls: 1,
    attempts: 2,
    tree: [
      {
        outcome: 'ok',
        attempts: [
          { provider: 'a', outcome: 'upstream_error', status: 500 },
          { provider: 'b', outcome: 'ok', status: 200 },
        ],
      },
    ],
  })
})

t.test('the tree of an approach has the path of each call, and why its answer is not used', async t => {
  const drafts = ['one', 'two', 'three'].map(text => answer(text))
  const { ask, read } = await start(t, [drafts])
  const { status } = await ask({ ...question, model: 'bon-fake-model' }, 'best')
  t.equal(status, 200)
  const found = await read<ShownRequest>('/requests/best')
  t.match(found, { chain: 'proxy-bon', model: 'fake-model', provider: 'a' })
  const calls = flatten(found.tree).filter(({ provider }) => provider === 'a')
  t.equal(calls.length, found.calls)
  t.ok(calls.every(({ path }) => path.startsWith('proxy.bon')))
  t.ok(calls.some(({ discarded }) => discarded !== undefined))
  t.ok(found.tokens.wasted > 0)
  t.ok(found.tokens.wasted < found.tokens.completion)
  for (const kind of ['prompt', 'completion', 'wasted'] as const) {
    t.equal(
      found.tokens[kind],
      calls.reduce((sum, { tokens }) => sum + tokens[kind], 0),
      kind,
    )
  }
})

t.test(
  'the ledger knows the critical path of a request, and whether an approach changed the first draft',
  async t => {
    const { ask, read } = await start(t, [answer('a draft')])
    await ask({ ...question, model: 'moa-fake-model' }, 'same')
    await ask({ ...question, model: 'moa-fake-model', stream: true }, 'streamed')
    await ask(question, 'plain')
    const { data } = await read('/usage?by=chain')
    t.match(data, [
      { chain: 'proxy', requests: 1, compared: 0, changed: 0 },
      { chain: 'proxy-moa', requests: 2, compared: 2, changed: 0 },
    ])
    const [plain, moa] = data as unknown as readonly { answer_ms: number; path_ms: number }[]
    t.ok(plain!.path_ms <= plain!.answer_ms)
    t.ok(moa!.path_ms > 0 && moa!.path_ms <= moa!.answer_ms)
  },
)

t.test('an answer that is not part of the first draft is a changed one', async t => {
  let calls = 0
  const { ask, read } = await start(t, [() => answer(`text ${calls++}`)])
  // More than two drafts that agree would be the answer.
  const asked = { ...question, model: 'moa-fake-model', hulumanage_params: { moa: { n: 2 } } }
  await ask(asked, 'changed')
  await ask({ ...asked, stream: true }, 'streamed')
  t.match((await read('/usage?by=chain')).data, [{ compared: 2, changed: 2 }])
})

t.test('a call that was no longer needed is recorded as cancelled', async t => {
  const clock = TestClock.start(t)
  const { fakes, ask, read } = await start(t, [hold()], { timeouts: { total: 50 } })
  const asking = ask({ ...question, model: 'moa-fake-model' }, 'late')
  await fakes[0]!.waitFor(1)
  await clock.pass(50)
  t.equal((await asking).status, 504)
  const found = await read<ShownRequest>('/requests/late')
  t.match(found, { status: 504, error: 'deadline_exceeded', chain: 'proxy-moa' })
  t.ok(flatten(found.tree).length > 0)
  t.same([...new Set(flatten(found.tree).map(({ outcome }) => outcome))], ['deadline_exceeded'])
})

t.test('a client that did not ask for a trace gets none', async t => {
  const { ask } = await start(t, [answer()])
  const { text } = await ask({ ...question, model: 'bon-fake-model' }, 'best')
  t.notMatch(text, 'hulumanage_trace')
})

t.test('requests that fail are recorded with their code, those without a key are not', async t => {
  const { url, ask, read } = await start(t, [error(400)])
  await ask(question, 'refused')
  await ask({ model: 7 }, 'invalid')
  await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: '{}' })
  const { data } = await read('/requests?failed=true')
  t.match(data, [
    { id: 'invalid', status: 400, error: 'invalid_value', calls: 0, tokens: null },
    { id: 'refused', status: 400, attempts: 1 },
  ])
  t.equal(data.length, 2)
  t.equal((await read('/requests?code=invalid_value')).data.length, 1)
})

t.test('pages follow each other by their cursor', async t => {
  const { ask, read } = await start(t, [answer()])
  for (const id of ['r1', 'r2', 'r3']) await ask(question, id)
  const first = await read('/requests?limit=2')
  t.match(first, { object: 'list', has_more: true, data: [{ id: 'r3' }, { id: 'r2' }] })
  const second = await read(`/requests?limit=2&cursor=${first.next_cursor}`)
  t.match(second, { has_more: false, next_cursor: null, data: [{ id: 'r1' }] })
})

t.test('parameters with a wrong name or value are refused by name', async t => {
  const { read } = await start(t, [answer()])
  for (const [query, param] of [
    ['modle=x', 'modle'],
    ['limit=0', 'limit'],
    ['limit=1.5', 'limit'],
    ['cursor=x', 'cursor'],
    ['failed=maybe', 'failed'],
    ['since=tomorrow', 'since'],
    ['model=a&model=b', 'model'],
  ] as const) {
    t.match(await read(`/requests?${query}`), { error: { code: 'invalid_value', param } }, query)
  }
  t.match(await read('/requests?since=yesterday'), { data: [] })
  t.match(await read('/requests?modle=x'), { error: { message: /model/ } })
  t.match(await read('/requests/nothing'), { error: { code: 'unknown_url' } })
})

t.test('usage is grouped as asked, as JSON or CSV', async t => {
  const { ask, read, get } = await start(t, [answer()])
  const today = () => new Date().toISOString().slice(0, 10)
  // It may be midnight meanwhile.
  const days = [today()]
  await ask(question, 'r1')
  await ask(question, 'r2')
  days.push(today())
  const { data } = await read('/usage')
  t.ok(days.includes(String(data.at(-1)?.['day'])))
  t.match((await read('/usage?by=chain,provider,model')).data, [
    { chain: 'proxy', provider: 'a', model: 'fake-model', requests: 2, failed: 0, calls: 2, cost: null },
  ])
  const csv = await get('/usage?by=model&format=csv')
  t.match(csv.headers.get('content-type'), /^text\/csv/)
  t.match(await csv.text(), /^model,requests,failed,calls,.*\r\nfake-model,2,0,2,/)
  t.match(await read('/usage?by=week'), { error: { code: 'invalid_value', param: 'by' } })
  t.match(await read('/usage?since=2999-01-01'), { data: [] })
})

t.test('no name in CSV is a formula to a spreadsheet', async t => {
  const { ask, get } = await start(t, [answer()])
  const formulas = ['=1+1', '+1', '-1', '@SUM(1)', '\uFF1D1+1', '\uFF20SUM(1)']
  for (const [number, model] of formulas.entries()) await ask({ ...question, model }, `r${number}`)
  const csv = await get('/usage?by=model&format=csv')
  const [, ...lines] = (await csv.text()).trim().split('\r\n')
  const names = lines.map(line => line.split(',', 1)[0])
  t.strictSame(new Set(names), new Set(formulas.map(model => `'${model}`)))
})

t.test('a request has the cost of its calls, and what of it was wasted', async t => {
  const drafts = ['one', 'two', 'three'].map(text => answer(text))
  const fake = await fakeProvider(t, drafts)
  const price = { input: 1000, output: 2000 }
  const { ask, read } = await start(t, [], { providers: [{ name: 'a', base_url: fake.url, price }] })
  await ask({ ...question, model: 'bon-fake-model' }, 'best')
  const found = await read<ShownRequest & { cost: number; wasted_cost: number }>('/requests/best')
  const calls = flatten(found.tree).filter(({ provider }) => provider === 'a')
  const sum = calls.reduce((total, { cost }) => total + cost, 0)
  t.ok(found.cost > 0)
  t.ok(Math.abs(found.cost - sum) < 1e-9)
  t.ok(found.wasted_cost > 0 && found.wasted_cost < found.cost)
  const [sums] = (await read('/usage?by=chain')).data
  t.match(sums, { chain: 'proxy-bon', wasted_cost: found.wasted_cost })
  t.ok(Math.abs(Number(sums!['cost']) - sum) < 1e-9)
})

t.test('a named client is recorded by its name, and only operators read the ledger', async t => {
  const clients = [
    { name: 'ann', key: 'ann-key' },
    { name: 'eve', key: 'eve-key', role: 'operator' as const },
  ]
  const { url, ask } = await start(t, [answer()], { clients })
  const as = (name: string) => ({ authorization: `Bearer ${name}-key`, 'content-type': 'application/json' })
  const readAsOperator = async (path: string) =>
    await (await fetch(url + path, { headers: as('eve') })).text()
  const body = JSON.stringify(question)
  await (await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: as('ann'), body })).text()
  await ask(question, 'other')
  t.match(JSON.parse(await readAsOperator('/requests?client=ann')), { data: [{ client: 'ann' }] })
  for (const path of ['/requests', '/requests/other', '/usage']) {
    t.equal((await fetch(url + path, { headers: as('ann') })).status, 403, path)
    t.equal((await fetch(url + path, { headers: as('eve') })).status, 200, path)
  }
  t.match(await readAsOperator('/usage?by=client&format=csv'), /^ann,1,/m)
})

t.test('what the ledger has written and dropped is counted in the metrics', async t => {
  const { ask, read, get } = await start(t, [answer()])
  await ask(question, 'one')
  await read('/requests/one')
  const metrics = await (await get('/metrics')).text()
  t.match(metrics, /^hulumanage_ledger_written_total 1$/m)
  t.match(metrics, /^hulumanage_ledger_dropped_total 0$/m)
  t.match(metrics, /^hulumanage_ledger_up 1$/m)
  t.match(metrics, /^hulumanage_ledger_waiting 0$/m)
})

t.test(
  'a database that is away shows in the metrics while its requests wait, before any is dropped',
  async t => {
    // No server listens there.
    const { ask, get } = await start(t, [answer()], {
      ledger: { url: 'postgres://ann@127.0.0.1:1/ledger' },
    })
    await ask(question, 'one')
    const metrics = async () => await (await get('/metrics')).text()
    while (/^hulumanage_ledger_up 1$/m.test(await metrics())) continue
    const shown = await metrics()
    t.match(shown, /^hulumanage_ledger_up 0$/m)
    t.match(shown, /^hulumanage_ledger_waiting 1$/m)
    t.match(shown, /^hulumanage_ledger_limit 20000$/m)
    t.match(shown, /^hulumanage_ledger_dropped_total 0$/m)
  },
)

t.test('a server without a ledger says neither that it is up nor that it is down', async t => {
  const { get } = await start(t, [answer()], { ledger: { enabled: false } })
  const metrics = await (await get('/metrics')).text()
  t.notMatch(metrics, /^hulumanage_ledger_(?:up|waiting|limit) /m)
})

t.test('the ledger is behind the same key as the stats', async t => {
  const { url } = await start(t, [answer()])
  for (const path of ['/requests', '/requests/one', '/usage'])
    t.equal((await fetch(url + path)).status, 401, path)
})

t.test('a reload switches the ledger off and on', async t => {
  const { ask, read, currentConfig } = await start(t, [answer()])
  const { value } = currentConfig
  await ask(question, 'r1')
  currentConfig.replace({ ...value, ledger: { ...value.ledger, enabled: false } })
  t.match(await read('/requests'), { error: { code: 'ledger_unavailable' } })
  await ask(question, 'r2')
  currentConfig.replace(value)
  await ask(question, 'r3')
  t.match((await read('/requests')).data, [{ id: 'r3' }])
})

interface Shown {
  readonly path: string
  readonly outcome: string
  readonly provider?: string
  readonly discarded?: string
  readonly cost: number
  readonly tokens: Record<'prompt' | 'completion' | 'wasted', number>
  readonly calls?: readonly Shown[]
}

interface ShownRequest {
  readonly calls: number
  readonly tokens: Shown['tokens']
  readonly tree: readonly Shown[]
}

function flatten(calls: readonly Shown[]): Shown[] {
  return calls.flatMap(call => [call, ...flatten(call.calls ?? [])])
}
