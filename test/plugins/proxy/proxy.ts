import assert from 'node:assert/strict'
import type { Test } from 'tap'
import { failover } from '../../../plugins/proxy/failover.ts'
import { ProviderPool } from '../../../plugins/proxy/pool/pool.ts'
import { realPacing } from '../../../plugins/proxy/retry.ts'
import type { Pacing } from '../../../plugins/proxy/retry.ts'
import { Balancer } from '../../../plugins/proxy/selection/balancer.ts'
import { strategies } from '../../../plugins/proxy/selection/strategies.ts'
import { CurrentConfig } from '../../../src/config/current.ts'
import { configSchema } from '../../../src/config/schema.ts'
import type { Config, ConfigInput } from '../../../src/config/schema.ts'
import { builtInKinds } from '../../../src/providers/kinds.ts'
import { Registry } from '../../../src/registry/registry.ts'
import type { Kind } from '../../../src/providers/kind.ts'
import { MemoryStore } from '../../../src/store/memory/memory-store.ts'
import type { Store } from '../../../src/store/store.ts'
import { ask, callOf } from '../../call.ts'
import type { TestCall } from '../../call.ts'
import { fakeProvider } from '../../fake-provider.ts'
import type { FakeProvider, Script } from '../../fake-provider.ts'
import { silentLog } from '../../silent-log.ts'

export type Entry = NonNullable<ConfigInput['providers']>[number]

/** A proxy over fake providers named a, b, c ..., each with its script and the other settings of its entry. */
export async function proxyOver(
  t: Test,
  scripts: readonly (Script | undefined)[],
  more: ConfigInput = {},
  entries: readonly Partial<Entry>[] = [],
  pacing?: Pacing,
) {
  const fakes = await Promise.all(scripts.map(script => fakeProvider(t, script)))
  const providers = fakes.map((fake, index) => entryOf(fake.url, index, entries[index]))
  return { fakes, ...proxyFrom(t, { ...more, providers }, pacing) }
}

/** A provider at an address, named by its index. */
export function entryOf(url: string, index: number, more: Partial<Entry> = {}): Entry {
  const key = more.api_keys ? {} : { api_key: 'sk-test' }
  return { name: 'abcdef'[index]!, base_url: url, ...key, ...more }
}

/** A proxy with a configuration, and a function that sends it requests. Checks at the end that no slot is taken. */
export function proxyFrom(
  t: Test,
  input: ConfigInput,
  pacing: Pacing = realPacing,
  store: Store = new MemoryStore(() => 1),
) {
  const currentConfig = new CurrentConfig(configSchema.parse(input))
  const kinds = new Registry<Kind>('kind')
  for (const kind of builtInKinds) kinds.add(kind.name, kind)
  const pool = new ProviderPool(kinds, store, silentLog)
  const balancer = new Balancer(pool, currentConfig, config => strategies[config.routing.strategy]!)
  pool.update(currentConfig.value)
  t.teardown(store.onRoom(() => balancer.slots.poke()))
  const isFree = () =>
    balancer.slots.running === 0 &&
    pool.members.every(({ active, leases }) => active === 0 && leases.room(1) !== 'full')
  /** Waits until no call holds a slot: the connection of a stream that has ended may be busy for a moment. */
  const settle = async (): Promise<void> => {
    const patience = performance.now() + 20_000
    while (!isFree() && performance.now() < patience) await new Promise(setImmediate)
  }
  t.teardown(async () => {
    await settle()
    assert.equal(balancer.slots.running, 0, 'a call still holds a slot')
    assert.equal(balancer.slots.waiting, 0, 'a call still waits')
    assert.ok(isFree(), 'a provider still counts a call')
    await Promise.all(pool.members.map(member => member.provider.dispatcher.destroy()))
  })
  let calls = 0
  const send = (request = ask(), call: TestCall = callOf(`request-${++calls}`)) =>
    failover(request, withConfig(call, currentConfig.value), balancer, pacing)
  return { pool, balancer, slots: balancer.slots, currentConfig, send, settle }
}

/** The number of requests that each provider has received. */
export const received = (fakes: readonly FakeProvider[]) => fakes.map(fake => fake.requests.length)

/** A call of a client request that began with this configuration. */
function withConfig(call: TestCall, config: Config): TestCall {
  return { ...call, request: { ...call.request, config } }
}
