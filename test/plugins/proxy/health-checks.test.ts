import t from 'tap'
import type { Test } from 'tap'
import { HealthChecks } from '../../../plugins/proxy/health-checks.ts'
import { CurrentConfig } from '../../../src/config/current.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import type { Kind } from '../../../src/providers/kind.ts'
import { openaiKind } from '../../../src/providers/openai.ts'
import { Registry } from '../../../src/registry/registry.ts'
import { MemoryStore } from '../../../src/store/memory/memory-store.ts'
import { ProviderPool } from '../../../plugins/proxy/pool/pool.ts'
import { error, fakeProvider, gate, hold, json } from '../../fake-provider.ts'
import type { FakeProvider } from '../../fake-provider.ts'
import { silentLog } from '../../silent-log.ts'

type HealthCheck = NonNullable<NonNullable<ConfigInput['routing']>['health_check']>

function checksOf(
  t: Test,
  fakes: readonly FakeProvider[],
  health_check: HealthCheck = {},
  entry: object = {},
) {
  const providers = fakes.map((fake, index) => ({
    name: 'abc'[index]!,
    base_url: fake.url,
    api_key: 'sk-test',
    ...entry,
  }))
  const currentConfig = new CurrentConfig(configSchema.parse({ providers, routing: { health_check } }))
  const kinds = new Registry<Kind>('kind')
  kinds.add('openai', openaiKind)
  const pool = new ProviderPool(kinds, new MemoryStore(() => 1), silentLog)
  pool.update(currentConfig.value)
  const waiting: (() => void)[] = []
  let entered = 0
  const onChange = () => {
    entered++
    for (const resolve of waiting.splice(0)) resolve()
  }
  const checks = new HealthChecks({ pool, currentConfig, log: silentLog, onChange })
  t.teardown(async () => {
    checks.stop()
    await Promise.all(pool.members.map(member => member.provider.dispatcher.destroy()))
  })
  /** Resolves when `count` checks have been recorded in all. */
  const enteredAtLeast = async (count: number) => {
    while (entered < count) await new Promise<void>(resolve => void waiting.push(resolve))
  }
  return { checks, enteredAtLeast, pool, stateOfA: pool.get('a')!.state }
}

t.test('every provider is asked for its models with its key, in parallel', async t => {
  const stuck = await fakeProvider(t)
  const well = await fakeProvider(t)
  stuck.scriptModels(hold(gate()))
  const { checks, enteredAtLeast } = checksOf(t, [stuck, well])
  checks.restart()
  await enteredAtLeast(1)
  t.equal((await stuck.waitForCheck(1)).method, 'GET')
  t.equal(well.checks[0]?.path, '/v1/models')
  t.equal(well.checks[0]?.headers['authorization'], 'Bearer sk-test')
})

t.test('no call is spent on a probe before the next check has its result, however long it takes', async t => {
  const fake = await fakeProvider(t)
  fake.scriptModels(error(500))
  const { checks, enteredAtLeast, stateOfA } = checksOf(t, [fake], { interval: 0.01, timeout: 60 })
  checks.restart()
  await enteredAtLeast(3)
  t.equal(stateOfA.status, 'unhealthy')
  t.ok(stateOfA.breaker.availableAt('m') > performance.now() + 60_000)
})

t.test('three failed checks in a row take a provider out, and a successful one restores it', async t => {
  const fake = await fakeProvider(t)
  fake.scriptModels(error(500))
  const { checks, stateOfA, enteredAtLeast } = checksOf(t, [fake], { interval: 0.005 })
  checks.restart()
  await enteredAtLeast(3)
  t.equal(stateOfA.status, 'unhealthy')
  t.match(stateOfA.breaker.lastError, /status 500/)
  t.match(stateOfA.resting, { reason: 'unreachable', model: undefined })
  fake.scriptModels(error(404))
  const seen = fake.checks.length
  await fake.waitForCheck(seen + 2)
  await enteredAtLeast(seen + 1)
  t.equal(stateOfA.status, 'healthy', 'a 404 is an answer: the provider is alive')
  t.equal(stateOfA.resting, undefined)
  t.match(stateOfA.counts.lastError, /status 500/, 'what failed last is remembered')
})

t.test('a check that hangs ends after its own timeout', async t => {
  const fake = await fakeProvider(t)
  fake.scriptModels(hold(gate()))
  const { checks, stateOfA, enteredAtLeast } = checksOf(t, [fake], { timeout: 0.02 })
  checks.restart()
  await enteredAtLeast(1)
  t.match(stateOfA.breaker.lastError, /timed out/)
  await (
    await fake.waitForCheck(1)
  ).closed
})

t.test('checks can use another path, and can be off', async t => {
  const fake = await fakeProvider(t)
  const on = checksOf(t, [fake], { path: '/models?limit=1' })
  on.checks.restart()
  await on.enteredAtLeast(1)
  t.equal(fake.checks.length + fake.requests.length, 1)
  t.match([...fake.checks, ...fake.requests][0]?.path, '/v1/models?limit=1')
  const off = checksOf(t, [fake], { enabled: false })
  off.checks.restart()
  t.equal(fake.checks.length + fake.requests.length, 1)
})

t.test('a check that a reload has cancelled proves nothing', async t => {
  const fake = await fakeProvider(t)
  fake.scriptModels(hold(gate()))
  const { checks, stateOfA, enteredAtLeast } = checksOf(t, [fake])
  checks.restart()
  await fake.waitForCheck(1)
  fake.scriptModels(error(404))
  checks.restart()
  await enteredAtLeast(1)
  t.equal(stateOfA.breaker.lastError, undefined)
})

t.test('the models that a provider lists are noted, in whatever shape the list has', async t => {
  const lists = [
    { object: 'list', data: [{ id: 'm1' }, { id: 'org/m2' }, { id: 'm1' }] },
    [{ id: 'm1' }, { name: 'org/m2' }],
    { models: [{ name: 'm1' }, { id: 'org/m2', name: 'Model two' }] },
  ]
  for (const list of lists) {
    const fake = await fakeProvider(t)
    fake.scriptModels(json(list))
    const { checks, enteredAtLeast, pool } = checksOf(t, [fake])
    checks.restart()
    await enteredAtLeast(1)
    t.strictSame(pool.listings, [{ provider: 'a', models: ['m1', 'org/m2'] }])
  }
})

t.test('a nonsensical, hostile or huge list does not affect the provider', async t => {
  const entries = Array.from({ length: 20_000 }, (_, index) => ({ id: `m${index}` }))
  const lists: readonly (readonly [unknown, number])[] = [
    ['', 0],
    ['{"data":', 0],
    ['null', 0],
    [{ data: 'x' }, 0],
    [
      {
        data: [
          null,
          1,
          'x',
          [],
          {},
          { id: 7 },
          { id: 'a b' },
          { id: 'x\u0000' },
          { id: '\u202e' },
          { id: 'x'.repeat(300) },
        ],
      },
      0,
    ],
    ['{"data":[{"__proto__":{"id":"m"}}],"constructor":1}', 0],
    [{ data: entries }, 5_000],
    [{ data: entries, filler: 'x'.repeat(5 * 1024 * 1024) }, 0],
  ]
  for (const [list, count] of lists) {
    const fake = await fakeProvider(t)
    fake.scriptModels(json(list))
    const { checks, enteredAtLeast, pool, stateOfA } = checksOf(t, [fake])
    checks.restart()
    await enteredAtLeast(1)
    t.equal(pool.listings[0]!.models.length, count)
    t.equal(stateOfA.status, 'healthy')
  }
})

t.test('a check that is refused proves nothing: calls may be allowed', async t => {
  for (const status of [401, 403, 501]) {
    const fake = await fakeProvider(t)
    fake.scriptModels(error(status))
    const { checks, stateOfA, enteredAtLeast } = checksOf(t, [fake], { interval: 0.005 })
    checks.restart()
    await enteredAtLeast(4)
    t.equal(stateOfA.status, 'healthy')
  }
})

t.test('a provider that gets the keys of clients is not checked without one', async t => {
  const [forwarding, own] = [await fakeProvider(t), await fakeProvider(t)]
  const { checks, pool } = checksOf(t, [forwarding], {}, { forward_client_key: true })
  checks.restart()
  const other = checksOf(t, [own])
  other.checks.restart()
  await other.enteredAtLeast(1)
  t.equal(forwarding.checks.length, 0)
  t.equal(pool.get('a')?.state.status, 'healthy')
})
