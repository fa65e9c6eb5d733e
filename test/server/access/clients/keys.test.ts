import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { answer, fakeProvider } from '../../../fake-provider.ts'
import { TestClock } from '../../../test-clock.ts'
import { startHost } from '../../host.ts'
import { hello } from '../../serve.ts'

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: {
    readonly key?: string
    readonly client?: Readonly<Record<string, unknown>>
    readonly data?: readonly Readonly<Record<string, unknown>>[]
    readonly error?: { readonly code: string; readonly message: string; readonly param: string | null }
  }
}

/** A server with an operator in its configuration, and a way to call it. */
async function start(t: Test, config: object = {}, path = join(t.testdir({}), 'ledger.db')) {
  const provider = await fakeProvider(t, answer('Hello'))
  const server = await startHost(t, {
    approach: 'proxy',
    providers: [{ name: 'fake', base_url: provider.url, api_key: 'sk-provider' }],
    routing: { health_check: { enabled: false } },
    clients: [{ name: 'root', key: 'root-key', role: 'operator' }],
    chains: { fast: 'proxy-re2' },
    ledger: { path },
    ...config,
  })
  const call = async (method: string, url: string, body?: unknown, key = 'root-key'): Promise<Answered> => {
    const response = await fetch(server.url + url, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Answered['body'],
    }
  }
  const ask = async (key: string): Promise<number> =>
    (await call('POST', '/v1/chat/completions', hello, key)).status
  const create = async (fields: object): Promise<string> => (await call('POST', '/keys', fields)).body.key!
  return { server, call, ask, create, path }
}

t.test('the list tells until when a previous key of the configuration is accepted, and no key', async t => {
  const root = { name: 'root', key: 'root-key', role: 'operator' }
  const ann = { name: 'ann', key: 'new-key', previous_key: 'old-key' }
  const { call } = await start(t, { clients: [root, { ...ann, previous_until: '2999-01-31' }] })
  const { body } = await call('GET', '/keys')
  t.match(body.data, [{ name: 'root' }, { name: 'ann', previous_until: '2999-01-31T00:00:00.000Z' }])
  t.notMatch(JSON.stringify(body), /-key/)
})

t.test(
  'an operator creates a client, whose key is shown once and works at once, within its rights',
  async t => {
    const { call, ask } = await start(t)
    const rights = { models: ['gpt-*'], chains: ['fast'], budget: { usd: 2 }, rate_limit: { requests: 9 } }
    const { status, headers, body } = await call('POST', '/keys', {
      name: 'ann',
      ...rights,
      expires: '2999-01-01',
    })
    t.equal(status, 201)
    t.equal(headers.get('cache-control'), 'no-store')
    t.match(body.key, /^hm-[\w-]{43}$/)
    t.match(body.client, {
      name: 'ann',
      role: 'user',
      ...rights,
      budget: { usd: 2, per: 'month' },
      expires: '2999-01-01',
      source: 'ledger',
    })
    t.equal(await ask(body.key!), 403, 'the model is not hers')
    const allowed = await call('POST', '/v1/chat/completions', { ...hello, model: 'gpt-4' }, body.key)
    t.match([allowed.status, allowed.headers.get('x-ratelimit-limit-requests')], [200, '9'])
    const list = await call('GET', '/keys')
    t.match(list.body.data, [
      { name: 'root', source: 'configuration' },
      { name: 'ann', source: 'ledger' },
    ])
    const text = JSON.stringify(list.body)
    t.notMatch(text, /hm-|sha256|root-key|[0-9a-f]{64}/)
  },
)

t.test('a revoked key is refused at once', async t => {
  const { call, ask, create } = await start(t)
  const key = await create({ name: 'ann' })
  t.equal(await ask(key), 200)
  t.match(await call('DELETE', '/keys/ann'), { status: 200, body: { name: 'ann', revoked: true } })
  t.equal(await ask(key), 401)
  t.match(await call('DELETE', '/keys/ann'), { status: 404, body: { error: { param: 'name' } } })
  t.not(await create({ name: 'ann' }), key, 'the name is free again')
})

t.test('a rotated key is replaced at once, or after its grace', async t => {
  const { call, ask, create } = await start(t)
  const first = await create({ name: 'ann', models: ['m'] })
  const second = await call('POST', '/keys/ann/rotate', { grace: 60 })
  t.match(second.body.client, { name: 'ann', models: ['m'], previous_until: /^20/, rotated: /^20/ })
  t.same([await ask(first), await ask(second.body.key!)], [200, 200])
  const third = await call('POST', '/keys/ann/rotate')
  t.same([await ask(first), await ask(second.body.key!), await ask(third.body.key!)], [401, 401, 200])
  t.match(await call('POST', '/keys/bob/rotate', {}), { status: 404 })
})

t.test('only an operator manages keys: no user, no plain key, nobody without a key', async t => {
  const { call, create } = await start(t, { api_keys: ['plain'] })
  const user = await create({ name: 'ann' })
  for (const key of [user, 'plain']) {
    t.match(await call('GET', '/keys', undefined, key), {
      status: 403,
      body: { error: { code: 'not_allowed' } },
    })
    t.match(await call('POST', '/keys', { name: 'eve', role: 'operator' }, key), { status: 403 })
    t.match(await call('DELETE', '/keys/ann', undefined, key), { status: 403 })
  }
  t.match(await call('GET', '/keys', undefined, 'guessed'), { status: 401 })
  const alone = await start(t, { api_keys: ['plain'], clients: [] })
  t.match(await alone.call('POST', '/keys', { name: 'eve', role: 'operator' }, 'plain'), {
    status: 403,
    body: { error: { message: /key of an operator; hulumanage keys create NAME --role operator/ } },
  })
  const keyless = await start(t, { clients: [] })
  t.match(await keyless.call('GET', '/keys'), {
    status: 403,
    body: { error: { message: /asks nobody for a key.*--role operator --entry/ } },
  })
})

t.test('what `clients` would refuse is refused, with the field', async t => {
  const { call } = await start(t)
  const refused = async (fields: object, param: string, message: RegExp): Promise<void> => {
    const answered = await call('POST', '/keys', { name: 'ann', ...fields })
    t.match(answered, { status: 400, body: { error: { code: 'invalid_value', param, message } } })
  }
  await refused({ name: 'a b' }, 'name', /up to 64 letters/)
  await refused({ name: 'ann\u202e' }, 'name', /up to 64 letters/)
  await refused({ name: 'a'.repeat(65) }, 'name', /up to 64 letters/)
  for (const name of ['.', '..']) await refused({ name }, 'name', /not dots alone/)
  await refused({ role: 'king' }, 'role', /one of "user", "operator"/)
  await refused({ budget: {} }, 'budget', /a budget needs usd, tokens or requests/)
  await refused({ budget: { usd: 0 } }, 'budget.usd', /above 0/)
  await refused({ rate_limit: { requests: 1.5 } }, 'rate_limit.requests', /whole number/)
  await refused({ expires: 'tomorrow' }, 'expires', /a date such as/)
  await refused({ expires: '2001-01-01' }, 'expires', /is over/)
  await refused({ chains: ['nope'] }, 'chains', /nope/)
  await refused({ key: 'my-own' }, 'key', /unknown key/)
  t.match(await call('POST', '/keys', []), { status: 400 })
  t.match(await call('POST', '/keys/ann/rotate', { grace: -1 }), { status: 400 })
  t.match(await call('POST', '/keys/ann/rotate', { grace: 2_592_001 }), { status: 400 })
  t.match(await call('PUT', '/keys', {}), { status: 405 })
})

t.test('a name is unique, in the ledger and against the configuration', async t => {
  const { call, create } = await start(t)
  await create({ name: 'ann' })
  const again = await call('POST', '/keys', { name: 'ann', role: 'operator' })
  t.match(again, { status: 409, body: { error: { message: /has a client "ann" already/ } } })
  t.match(await call('POST', '/keys', { name: 'root' }), { status: 409 })
  t.match(await call('DELETE', '/keys/root'), {
    status: 409,
    body: { error: { message: /change it there/ } },
  })
  t.match(await call('POST', '/keys/root/rotate', {}), { status: 409 })
})

t.test(
  'of two servers that create the same name at once, one succeeds, and both accept its key soon',
  async t => {
    const one = await start(t)
    const other = await start(t, {}, one.path)
    const answers = await Promise.all([one, other].map(({ call }) => call('POST', '/keys', { name: 'ann' })))
    t.same(
      answers.map(({ status }) => status).toSorted((one, other) => one - other),
      [201, 409],
    )
    const key = answers.find(({ status }) => status === 201)!.body.key!
    for (const { ask } of [one, other]) while ((await ask(key)) !== 200);
    t.pass()
  },
)

t.test('an operator in the ledger manages keys, and may revoke its own, but not as the last one', async t => {
  const { call, create, server } = await start(t, { api_keys: ['plain'] })
  const ops = await create({ name: 'ops', role: 'operator' })
  server.currentConfig.replace({ ...server.currentConfig.value, clients: [] })
  t.match(await call('GET', '/keys', undefined, ops), { status: 200 })
  t.match(await call('DELETE', '/keys/ops', undefined, ops), {
    status: 409,
    body: { error: { message: /"ops" is the last operator/ } },
  })
  const second = (await call('POST', '/keys', { name: 'second', role: 'operator' }, ops)).body.key!
  t.match(await call('DELETE', '/keys/ops', undefined, ops), { status: 200 })
  t.match(await call('GET', '/keys', undefined, ops), { status: 401 })
  t.match(await call('GET', '/keys', undefined, second), { status: 200 })
})

t.test('a configuration that asks nobody for a key gets no clients in the ledger', async t => {
  const { call, create, server } = await start(t)
  const ops = await create({ name: 'ops', role: 'operator' })
  server.currentConfig.replace({ ...server.currentConfig.value, clients: [] })
  const refused = await call('POST', '/keys', { name: 'ann' }, ops)
  t.match(refused, { status: 409, body: { error: { message: /asks nobody for a key/ } } })
  t.match(await call('GET', '/v1/models', undefined, ''), { status: 401 }, 'those that are there count')
})

t.test('an expired client is refused, and gets a new time with a new key', async t => {
  const clock = TestClock.start(t)
  const { call, ask, create } = await start(t)
  const key = await create({ name: 'ann', expires: new Date(Date.now() + 3_600_000).toISOString() })
  t.equal(await ask(key), 200)
  await clock.pass(3_600)
  t.equal(await ask(key), 401)
  t.match(await call('POST', '/keys/ann/rotate', {}), { status: 400, body: { error: { param: 'expires' } } })
  const renewed = await call('POST', '/keys/ann/rotate', { expires: '2999-01-01' })
  t.equal(await ask(renewed.body.key!), 200)
})

t.test('a thousand clients are known after a restart', async t => {
  const { create, path } = await start(t, { rate_limit: undefined })
  const keys: string[] = []
  for (let index = 0; index < 1000; index += 50)
    keys.push(
      ...(await Promise.all(Array.from({ length: 50 }, (_, each) => create({ name: `c${index + each}` })))),
    )
  t.equal(new Set(keys).size, 1000)
  const { ask } = await start(t, {}, path)
  t.same([await ask(keys[0]!), await ask(keys[999]!), await ask(`${keys[500]}x`)], [200, 200, 401])
})

t.test('without a ledger in a file there are no keys to manage', async t => {
  const off = await start(t, { ledger: undefined })
  t.match(await off.call('POST', '/keys', { name: 'ann' }), {
    status: 503,
    body: { error: { code: 'ledger_unavailable' } },
  })
  const memory = await start(t, {}, ':memory:')
  t.match(await memory.call('POST', '/keys', { name: 'ann' }), {
    status: 503,
    body: { error: { message: /in memory, where no clients are kept/ } },
  })
})
