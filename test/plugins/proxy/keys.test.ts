import t from 'tap'
import { pino } from 'pino'
import { HealthChecks } from '../../../plugins/proxy/health-checks.ts'
import { providerReports } from '../../../plugins/proxy/report.ts'
import { configSchema } from '../../../src/config/schema.ts'
import { ask, callOf } from '../../call.ts'
import { answer, error } from '../../fake-provider.ts'
import type { Action, FakeProvider } from '../../fake-provider.ts'
import { entryOf, proxyOver } from './proxy.ts'
import { silentLog } from '../../silent-log.ts'

const api_keys = ['sk-first-key', 'sk-second-key', 'sk-third-key']

const sent = (fake: FakeProvider) =>
  fake.requests.map(({ headers }) => headers['authorization']?.replace('Bearer ', ''))

/** Answers `status` to some keys, and succeeds with the others. */
function refusing(
  status: number,
  keys: readonly string[],
  headers = {},
  body?: Record<string, unknown>,
): Action {
  return ({ request }) =>
    keys.some(key => request.headers['authorization'] === `Bearer ${key}`)
      ? error(status, body, headers)
      : answer()
}

t.test('several keys take turns', async t => {
  const { fakes, send } = await proxyOver(t, [answer()], {}, [{ api_keys }])
  for (let time = 0; time < 6; time++) await send()
  t.strictSame(sent(fakes[0]!), [...api_keys, ...api_keys])
})

t.test('each call takes the next key of the service, whatever endpoint it goes to', async t => {
  const routing = { strategy: 'round_robin' }
  for (const endpoints of [1, 2, 3, 4]) {
    const entries = Array.from({ length: endpoints }, () => ({ api_keys }))
    const { fakes, send } = await proxyOver(
      t,
      entries.map(() => answer()),
      { routing },
      entries,
    )
    for (let time = 0; time < 60; time++) await send()
    const used = fakes.flatMap(sent)
    t.same(
      api_keys.map(key => used.filter(each => each === key).length),
      [20, 20, 20],
    )
    t.ok(fakes.every(fake => fake.requests.length === 60 / endpoints))
  }
})

t.test('other keys are another service, with a turn of its own', async t => {
  const entries = [{ api_keys }, { api_keys: ['sk-of-b-one', 'sk-of-b-two'] }]
  const routing = { strategy: 'round_robin' }
  const { fakes, send } = await proxyOver(t, [answer(), answer()], { routing }, entries)
  for (let time = 0; time < 6; time++) await send()
  t.strictSame(sent(fakes[0]!), api_keys)
  t.strictSame(sent(fakes[1]!), ['sk-of-b-one', 'sk-of-b-two', 'sk-of-b-one'])
})

t.test('a provider that refuses a call without a key is answered for with the variable to set', async t => {
  const { send } = await proxyOver(t, [error(401)], {}, [{ api_key: '', type: 'anthropic' }])
  await t.rejects(send(), {
    code: 'upstream_auth',
    message: /"a": was called without a key .*set its api_key, or ANTHROPIC_API_KEY or ANTHROPIC_API_KEYS/,
  })
})

t.test('each kind of service gets its key in its own header', async t => {
  const { fakes, send } = await proxyOver(t, [answer()], {}, [{ type: 'azure', api_keys }])
  await send()
  t.equal(fakes[0]!.requests[0]?.headers['api-key'], 'sk-first-key')
  t.equal(fakes[0]!.requests[0]?.headers['authorization'], undefined)
})

for (const status of [401, 402]) {
  t.test(
    `a key answered with ${status} is set aside, and the same request continues with the next one`,
    async t => {
      const script = refusing(status, ['sk-first-key'])
      const { fakes, pool, currentConfig, send } = await proxyOver(
        t,
        [script, answer()],
        { routing: { strategy: 'failover' } },
        [{ api_keys }],
      )
      const call = callOf()
      t.equal((await send(undefined, call)).head.provider, 'a')
      await send()
      await send()
      t.strictSame(sent(fakes[0]!), ['sk-first-key', 'sk-second-key', 'sk-third-key', 'sk-second-key'])
      t.equal(fakes[1]!.requests.length, 0)
      t.equal(pool.get('a')?.state.status, 'healthy')
      t.equal(call.reports.at(-1)?.reason, 'another key')
      t.strictSame(providerReports(pool, currentConfig.value)[0]?.keys, { total: 3, usable: 2 })
      t.equal(providerReports(pool, currentConfig.value)[1]?.keys, null)
    },
  )
}

t.test('a limited key rests for its retry-after while the others serve', async t => {
  const script = refusing(429, ['sk-first-key'], { 'retry-after': '30' })
  const { fakes, pool, send } = await proxyOver(t, [script], {}, [{ api_keys }])
  for (let time = 0; time < 3; time++) await send()
  t.strictSame(sent(fakes[0]!), ['sk-first-key', 'sk-second-key', 'sk-third-key', 'sk-second-key'])
  t.equal(pool.get('a')?.state.status, 'healthy')
})

t.test(
  'keys without a scope rest for the model, and calls at the same time find the one that has it',
  async t => {
    const body = { error: { message: 'Missing scopes: model.request', code: 'missing_scope' } }
    const script = refusing(401, api_keys.slice(0, 2), {}, body)
    const { fakes, pool, send } = await proxyOver(t, [script, answer('from b')], {}, [
      { api_keys },
      { fallback_only: true },
    ])
    const heads = await Promise.all(Array.from({ length: 8 }, async () => (await send()).head.provider))
    t.ok(heads.every(name => name === 'a'))
    const before = fakes[0]!.requests.length
    for (let time = 0; time < 4; time++) await send()
    t.strictSame(
      sent(fakes[0]!).slice(before),
      Array.from({ length: 4 }, () => 'sk-third-key'),
    )
    t.equal(pool.get('a')?.state.keys?.usable(performance.now()), 3)
  },
)

t.test('the provider is out, and the next one asked, only when all its keys are dead', async t => {
  const { fakes, pool, currentConfig, send } = await proxyOver(
    t,
    [error(401), answer('from b')],
    { routing: { strategy: 'failover' } },
    [{ api_keys }],
  )
  t.equal(await (await send()).text(), 'from b')
  t.strictSame(sent(fakes[0]!), api_keys)
  t.equal(pool.get('a')?.state.status, 'unhealthy')
  await send()
  t.equal(fakes[0]!.requests.length, 3)
  t.strictSame(providerReports(pool, currentConfig.value)[0]?.keys, { total: 3, usable: 0 })
})

t.test('other failures are not blamed on the key', async t => {
  const { fakes, pool, currentConfig, send } = await proxyOver(t, [error(500)], {}, [{ api_keys }])
  await t.rejects(send(), { code: 'upstream_error' })
  t.equal(fakes[0]!.requests.length, 1)
  t.strictSame(providerReports(pool, currentConfig.value)[0]?.keys, { total: 3, usable: 3 })
})

t.test('a reload keeps the state of the keys of an unchanged provider', async t => {
  const script = refusing(401, ['sk-first-key'])
  const { fakes, pool, currentConfig, send } = await proxyOver(t, [script], {}, [{ api_keys }])
  await send()
  const entry = entryOf(fakes[0]!.url, 0, { api_keys })
  const reload = (more: object) => {
    const config = configSchema.parse({ providers: [{ ...entry, ...more }] })
    pool.update(config)
  }
  reload({})
  t.strictSame(providerReports(pool, currentConfig.value)[0]?.keys, { total: 3, usable: 2 })
  reload({ api_keys: ['sk-first-key', 'sk-new-key'] })
  t.strictSame(providerReports(pool, currentConfig.value)[0]?.keys, { total: 2, usable: 2 })
})

t.test(
  'health checks try the keys in turn, and set none aside: one that may not list models may work',
  async t => {
    const { fakes, pool, currentConfig } = await proxyOver(t, [answer()], {}, [
      { api_keys: ['sk-first-key', 'sk-second-key'] },
    ])
    fakes[0]!.scriptModels(refusing(401, ['sk-first-key']))
    const check = async () => {
      const entered = Promise.withResolvers<void>()
      const checks = new HealthChecks({ pool, currentConfig, log: silentLog, onChange: entered.resolve })
      checks.restart()
      await entered.promise
      checks.stop()
    }
    for (let time = 0; time < 4; time++) await check()
    t.strictSame(
      fakes[0]!.checks.map(({ headers }) => headers['authorization']),
      ['first', 'second', 'first', 'second'].map(name => `Bearer sk-${name}-key`),
    )
    t.equal(pool.get('a')?.state.breaker.lastError, undefined)
    t.strictSame(providerReports(pool, currentConfig.value)[0]?.keys, { total: 2, usable: 2 })
  },
)

t.test('no key reaches a log, a report or a client', async t => {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: line => void lines.push(line) })
  const refusal: Action = ({ request }) =>
    error(401, `Incorrect API key provided: ${request.headers['authorization']?.slice(7)}`)
  const { pool, currentConfig, send } = await proxyOver(t, [refusal], {}, [{ api_keys }])
  const call = callOf('request-1', { log })
  const thrown = await send(undefined, call).catch((error: unknown) => error)
  const told = JSON.stringify([
    lines,
    thrown,
    String(thrown),
    call.reports,
    providerReports(pool, currentConfig.value),
  ])
  t.match(told, 'provider refused a key; setting it aside')
  for (const key of api_keys) t.notMatch(told, key)
})

t.test('a key is told once when it is set aside, however many calls it fails', async t => {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: line => void lines.push(line) })
  const { fakes, send } = await proxyOver(t, [error(401)], {}, [{ api_keys }])
  for (const id of ['request-1', 'request-2', 'request-3'])
    await t.rejects(send(undefined, callOf(id, { log })), { code: 'upstream_auth' })
  t.ok(fakes[0]!.requests.length > api_keys.length, 'the only provider is asked all the same')
  t.equal(lines.filter(line => line.includes('setting it aside')).length, api_keys.length)
})

t.test('the only key of a provider is sent with each call', async t => {
  const { fakes, send } = await proxyOver(t, [answer()])
  await send()
  await send()
  t.strictSame(sent(fakes[0]!), ['sk-test', 'sk-test'])
})

t.test('a refused key takes no model away that a key with a limit for another model serves', async t => {
  const { pool, send } = await proxyOver(
    t,
    [
      ({ request }) => {
        if (request.headers['authorization'] === 'Bearer dead') return error(401)
        return request.body['model'] === 'o'
          ? error(429, undefined, { 'retry-after': '20' })
          : answer('from m')
      },
    ],
    {},
    [{ api_keys: ['limited', 'dead'] }],
  )
  await t.rejects(send(ask('x', { model: 'o' })), { code: 'rate_limit_exceeded' })
  t.equal(await (await send(ask('x', { model: 'm' }))).text(), 'from m')
  t.equal(pool.get('a')?.state.keys?.usable(performance.now()), 1)
})
