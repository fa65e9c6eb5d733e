import t from 'tap'
import { ProviderPool } from '../../../../plugins/proxy/pool/pool.ts'
import { Balancer } from '../../../../plugins/proxy/selection/balancer.ts'
import { isSelection } from '../../../../plugins/proxy/selection/selector.ts'
import type { Choice } from '../../../../plugins/proxy/selection/selection.ts'
import { strategies } from '../../../../plugins/proxy/selection/strategies.ts'
import { AttemptFailure } from '../../../../src/attempt/failure.ts'
import { CurrentConfig } from '../../../../src/config/current.ts'
import { configSchema } from '../../../../src/config/schema.ts'
import type { ConfigInput } from '../../../../src/config/schema.ts'
import type { Kind } from '../../../../src/providers/kind.ts'
import type { Strategy } from '../../../../src/contract/strategy.ts'
import { openaiKind } from '../../../../src/providers/openai.ts'
import { Registry } from '../../../../src/registry/registry.ts'
import { MemoryStore } from '../../../../src/store/memory/memory-store.ts'
import type { Leases, Room } from '../../../../src/store/store.ts'
import { ask, callOf } from '../../../call.ts'
import { entryOf } from '../proxy.ts'
import type { Entry } from '../proxy.ts'
import { silentLog } from '../../../silent-log.ts'

/** A balancer over providers named a, b, c ..., and one call to select for. */
function balancerOf(
  entries: readonly Partial<Entry>[],
  routing: ConfigInput['routing'] = {},
  store = new MemoryStore(() => 1),
  strategy?: Strategy,
) {
  const providers = entries.map((entry, index) => entryOf('http://localhost:1/v1', index, entry))
  const currentConfig = new CurrentConfig(configSchema.parse({ providers, routing }))
  const kinds = new Registry<Kind>('kind')
  kinds.add('openai', openaiKind)
  const pool = new ProviderPool(kinds, store, silentLog)
  pool.update(currentConfig.value)
  const balancer = new Balancer(
    pool,
    currentConfig,
    config => strategy ?? strategies[config.routing.strategy]!,
  )
  const newCall = () => balancer.route(ask(), callOf('request-1', { config: currentConfig.value }))
  return { balancer, routed: newCall(), newCall, member: (name: string) => pool.get(name)! }
}

/** A store that does not know whether a provider has a free slot until the test says so. */
class AskingStore extends MemoryStore {
  room: Room = 'unknown'
  readonly asked: number[] = []

  override leases(): Leases {
    const ask = async (limit: number) => void this.asked.push(limit)
    return { room: () => this.room, ask, take: () => {}, give: () => {} }
  }
}

const summary = (choice: Choice | 'ineligible') =>
  isSelection(choice) ? `${choice.member.name}: ${choice.reason}` : choice

t.test('a selection holds the slot, the chosen provider and the reason', async t => {
  const { balancer, routed, member } = balancerOf([{}, { fallback_only: true }])
  const first = balancer.select(routed)
  t.equal(summary(first), 'a: weighted')
  t.equal(member('a').active, 1)
  t.equal(balancer.slots.running, 1)
  t.match(first, { state: member('a').state, trial: { probe: false, reserved: undefined, key: undefined } })
  t.equal(summary(balancer.select(routed)), 'b: fallback_only after 1 failed')
  t.equal(balancer.select(routed), 'none')
})

t.test('one selection affects the next', async t => {
  const { balancer, newCall, member } = balancerOf([{ rate_limit: { rpm: 1 } }, { max_concurrent: 1 }])
  t.equal(summary(balancer.select(newCall())), 'a: weighted')
  t.equal(summary(balancer.select(newCall())), 'b: weighted')
  t.equal(balancer.select(newCall()), 'wait', 'one is over its limit, the other is full')
  t.equal(member('b').active, 1)
})

t.test('for a provider that was out, one call is the probe', async t => {
  const { balancer, newCall, member } = balancerOf([{}, { fallback_only: true }])
  const { breaker } = member('a').state
  for (let check = 0; check < 3; check++) breaker.checked('health check timed out', 0, 0)
  const probe = balancer.select(newCall())
  t.equal(summary(probe), 'a: probe')
  t.match(probe, { trial: { probe: true } })
  t.equal(summary(balancer.select(newCall())), 'b: fallback_only')
})

t.test('a tried provider is chosen again only when it is repeated, and with that reason', async t => {
  const { balancer, routed, member } = balancerOf([{}])
  const first = balancer.select(routed)
  t.equal(balancer.select(routed), 'none')
  if (isSelection(first)) first.lease.release()
  t.equal(summary(balancer.repeat(member('a'), 'retry', routed)), 'a: retry')
  t.equal(balancer.select(routed), 'none')
})

t.test('a repeated provider that is full is a candidate like any other', async t => {
  const { balancer, routed, member } = balancerOf([{ max_concurrent: 1 }])
  const first = balancer.select(routed)
  t.equal(balancer.repeat(member('a'), 'retry', routed), 'wait')
  t.equal(balancer.select(routed), 'wait')
  if (isSelection(first)) first.lease.release()
  t.equal(summary(balancer.select(routed)), 'a: weighted')
})

t.test('a call waits for one provider alone only while that is a candidate', async t => {
  const { balancer, routed, newCall, member } = balancerOf([{ max_concurrent: 1 }, {}], {
    strategy: 'failover',
  })
  const running = balancer.select(newCall(), true)
  t.equal(balancer.select(routed, true), 'wait')
  t.equal(balancer.selectOnly(member('a'), routed), 'wait')
  if (isSelection(running)) running.lease.release()
  for (let check = 0; check < 3; check++)
    member('a').state.breaker.checked('timed out', 1_000, performance.now())
  t.equal(balancer.selectOnly(member('a'), routed), 'ineligible')
  t.equal(summary(balancer.select(routed, true)), 'b: failover')
})

t.test('the store is asked first if only it knows of a free slot; the selection is kept', async t => {
  const store = new AskingStore(() => 1)
  const { balancer, routed, member } = balancerOf([{ max_concurrent: 3 }, { max_concurrent: 3 }], {}, store)
  const choice = balancer.select(routed)
  t.ok(choice instanceof Promise)
  await choice
  t.strictSame(store.asked, [3])
  t.equal(balancer.slots.running, 0, 'nothing has begun')
  store.room = 'free'
  t.equal(summary(balancer.select(routed)), 'a: weighted', 'though it is the turn of the other')
  t.equal(member('a').active, 1)
})

t.test('a retry that has to ask the store first keeps its reason', async t => {
  const store = new AskingStore(() => 1)
  const { balancer, routed, member } = balancerOf([{ max_concurrent: 3 }], {}, store)
  store.room = 'free'
  t.ok(isSelection(balancer.select(routed)))
  store.room = 'unknown'
  t.ok(balancer.repeat(member('a'), 'another key', routed) instanceof Promise)
  store.room = 'free'
  t.equal(summary(balancer.select(routed)), 'a: another key')
})

t.test('a strategy that picks anything but a candidate is at fault', async t => {
  const picks = [undefined, null, 'a', { name: 'a', weight: 1, active: 0, order: 0 }]
  for (const picked of picks) {
    const strategy = { summary: 'broken', pick: () => picked } as unknown as Strategy
    const { balancer, routed } = balancerOf([{}, {}], {}, undefined, strategy)
    t.throws(() => balancer.select(routed), { code: 'step_result', message: /"weighted" picked none/ })
    t.equal(balancer.slots.running, 0)
  }
})

t.test(
  'a provider beside one that is switched off is the only one, and failures do not take it out',
  async t => {
    const { balancer, routed, member } = balancerOf([{}, { enabled: false }])
    const failure = new AttemptFailure('upstream_error', 'failed', { provider: 'a', blame: 'failing' })
    for (let count = 0; count < 20; count++) {
      const trial = { requestId: `request-${count}`, model: 'm', target: 'm', probe: false }
      member('a').state.breaker.failed(failure, trial, performance.now())
    }
    t.equal(summary(balancer.select(routed)), 'a: weighted')
  },
)

const nameOf = (choice: Choice) => (isSelection(choice) ? choice.member.name : 'none')

t.test('a drained provider gets no calls, not even after the others have failed', async t => {
  for (const strategy of Object.keys(strategies)) {
    const { balancer, routed } = balancerOf([{ weight: 0 }, {}, {}], { strategy })
    const chosen = [balancer.select(routed), balancer.select(routed), balancer.select(routed)]
    t.strictSame(chosen.map(nameOf).toSorted(), ['b', 'c', 'none'], strategy)
  }
})

t.test('a drained provider serves the models that no other has', async t => {
  const { balancer, newCall } = balancerOf([{ weight: 0 }, { weight: 0 }, { models: ['another'] }])
  const chosen = Array.from({ length: 4 }, () => nameOf(balancer.select(newCall())))
  t.strictSame(chosen.toSorted(), ['a', 'a', 'b', 'b'], 'equal shares among drained ones')
})

t.test('a drained provider answers what refers to something that it holds', async t => {
  const { balancer, member, routed: call } = balancerOf([{ weight: 0 }, {}])
  const source = { dialect: 'responses', request: ask(), provider: 'a' }
  const routed = balancer.route(ask(), callOf('r', { config: call.call.request.config, source }))
  t.match(balancer.select(routed), { member: member('a') })
})
