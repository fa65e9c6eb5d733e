import t from 'tap'
import { SlowStart } from '../../../../plugins/proxy/state/slow-start.ts'
import { answer, error } from '../../../fake-provider.ts'
import { proxyOver, received } from '../proxy.ts'

t.test('the share of a provider that is back grows from a tenth to all', async t => {
  const start = new SlowStart()
  t.notOk(start.hasBegun)
  start.begin(1_000, 10_000)
  t.ok(start.hasBegun)
  t.strictSame(
    [1_000, 1_500, 3_500, 9_000, 11_000, 90_000].map(now => start.shareAt(now)),
    [0.1, 0.1, 0.25, 0.8, 1, 1],
  )
})

t.test('with a length of 0 it has all at once', async t => {
  const start = new SlowStart()
  start.begin(1_000, 0)
  t.notOk(start.hasBegun)
  t.equal(start.shareAt(1_000), 1)
})

t.test('a provider that is back gets a small share at first, whatever the strategy', async t => {
  for (const strategy of ['weighted', 'round_robin']) {
    const routing = { strategy, cooldown: 0.001, failure_threshold: 2, slow_start: 3_600 }
    const script = [error(500), error(500), answer()]
    const { fakes, pool, send } = await proxyOver(t, [script, answer()], { routing })
    while (fakes[0]!.requests.length < 3) await send()
    t.equal(pool.get('a')!.state.status, 'healthy')
    const before = received(fakes)
    for (let call = 0; call < 22; call++) await send()
    const [back, well] = received(fakes).map((count, index) => count - before[index]!)
    t.ok(back! >= 1 && back! <= 3, `${back} of 22 calls`)
    t.equal(back! + well!, 22)
  }
})
