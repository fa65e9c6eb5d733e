import t from 'tap'
import { Notices } from '../../../../plugins/proxy/state/notices.ts'
import { ProviderState } from '../../../../plugins/proxy/state/provider-state.ts'
import { AttemptFailure } from '../../../../src/attempt/failure.ts'
import type { Blame } from '../../../../src/attempt/failure.ts'
import { configSchema } from '../../../../src/config/schema.ts'
import { MemoryStore } from '../../../../src/store/memory/memory-store.ts'
import type { NoticeListener } from '../../../../src/store/store.ts'
import { silentLog } from '../../../silent-log.ts'

const name = 'eu/1 %'
const config = configSchema.parse({
  providers: [{ name, base_url: 'http://localhost:1/v1', api_keys: ['sk-first-key', 'sk-second-key'] }],
})

/** Servers that hear each other's notices at once. Each knows one provider, unless `states` says otherwise. */
function serversOf(
  count: number,
  states: (state: ProviderState) => readonly ProviderState[] = state => [state],
) {
  const listeners = new Map<number, NoticeListener>()
  const posted: string[] = []
  const servers = Array.from({ length: count }, (_, server) => {
    const channel = {
      post: (topic: string, text: string) => {
        posted.push(topic)
        for (const [other, listener] of listeners) if (other !== server) listener(topic, text)
      },
      subscribe: (listener: NoticeListener) => {
        listeners.set(server, listener)
        return () => listeners.delete(server)
      },
    }
    const notices = new Notices(channel, () => states(state))
    const state: ProviderState = new ProviderState(config.providers[0]!, config, {
      store: new MemoryStore(() => 1),
      notices,
      log: silentLog,
    })
    let changes = 0
    const unsubscribe = notices.subscribe(() => changes++)
    return { state, unsubscribe, changes: () => changes }
  })
  const hear: NoticeListener = (topic, text) => {
    for (const listener of listeners.values()) listener(topic, text)
  }
  return { servers, posted, hear }
}

function fail(state: ProviderState, blame: Blame, upstreamStatus?: number): void {
  const failure = new AttemptFailure('upstream_error', 'failed', { provider: name, blame, upstreamStatus })
  const report = { path: '', provider: name, model: 'm', reason: '', outcome: 'upstream_error' }
  const whole = { ...report, status: upstreamStatus, headMs: 1, totalMs: 1 }
  state.end(state.begin('r', { model: 'm', target: 'm' }, 0), { report: whole, failure, usage: undefined })
}

t.test("one server's findings about a provider apply to the others, whatever its name", async t => {
  const { servers } = serversOf(2)
  const [one, two] = servers as [(typeof servers)[0], (typeof servers)[0]]
  fail(one.state, 'unreachable')
  t.equal(two.state.status, 'unhealthy')
  t.equal(two.state.breaker.lastError, one.state.breaker.lastError)
  one.state.breaker.checked(undefined, 1, performance.now())
  t.equal(two.state.status, 'healthy')
  t.equal(two.changes(), 2)
})

t.test('while one server probes a provider, the others do not', async t => {
  const { servers } = serversOf(2)
  const [one, two] = servers as [(typeof servers)[0], (typeof servers)[0]]
  fail(one.state, 'unreachable')
  const later = performance.now() + 60_000
  t.equal(two.state.breaker.admits('m', later), 'probe')
  one.state.breaker.beginProbe('m')
  t.equal(two.state.breaker.admits('m', performance.now() + 30_000), 'no')
})

t.test('a model that a provider lacks is not asked for by the others', async t => {
  const { servers } = serversOf(2)
  const [one, two] = servers as [(typeof servers)[0], (typeof servers)[0]]
  fail(one.state, 'model', 404)
  t.equal(two.state.admits('m', performance.now()), false)
  t.equal(two.state.admits('other', performance.now()), true)
})

t.test('a key refused to one server is set aside by the others', async t => {
  const { servers, posted } = serversOf(2)
  const [one, two] = servers as [(typeof servers)[0], (typeof servers)[0]]
  fail(one.state, 'key', 401)
  t.equal(two.state.keys?.usable(performance.now()), 1)
  t.equal(two.state.keys?.take(performance.now()).secret, 'sk-second-key')
  t.notMatch(posted.join(' '), 'sk-first-key')
})

t.test('nothing is posted while nothing changes', async t => {
  const { servers, posted } = serversOf(1)
  for (let call = 0; call < 3; call++) fail(servers[0]!.state, 'request')
  t.strictSame(posted, [])
})

t.test('a state that a reload has replaced reports nothing any more', async t => {
  const { servers, posted } = serversOf(1, () => [])
  fail(servers[0]!.state, 'unreachable')
  fail(servers[0]!.state, 'key', 401)
  t.strictSame(posted, [])
})

t.test('notices of another version and about unknown providers are ignored', async t => {
  const { servers, hear } = serversOf(1)
  const { state, changes } = servers[0]!
  const known = encodeURIComponent(name)
  const digest = 'f'.repeat(32)
  for (const [topic, text] of [
    [`provider/${known}`, 'no JSON'],
    [`provider/${known}`, '{"open":"perhaps"}'],
    [`provider/elsewhere`, '{}'],
    [`provider/%E0%A4%A`, '{}'],
    [`weather/${known}`, '{}'],
    [`key/${known}`, '{"restMs":1000,"strikes":1}'],
    [`key/${known}/${digest}`, '{"restMs":1000,"strikes":1}'],
    ['', ''],
  ] as const) {
    hear(topic, text)
  }
  t.equal(changes(), 8)
  t.equal(state.status, 'healthy')
  t.equal(state.keys?.usable(performance.now()), 2)
})

t.test('an unsubscribed server receives no more notices', async t => {
  const { servers, hear } = serversOf(1)
  servers[0]!.unsubscribe()
  hear('provider/x', '{}')
  t.equal(servers[0]!.changes(), 0)
})
