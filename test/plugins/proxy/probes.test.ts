import t from 'tap'
import type { Test } from 'tap'
import { ask } from '../../call.ts'
import { answer, error, gate, hold, stream, write } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { TestClock } from '../../test-clock.ts'
import { proxyOver, received } from './proxy.ts'

const inOrder = { routing: { strategy: 'failover' } } as const
const streamed = ask('x', { stream: true })

/** A provider that has just failed often enough to be out, until `clock` passes, and another that answers. */
async function afterOutage(t: Test, probe: Action) {
  const clock = TestClock.start(t)
  const proxy = await proxyOver(t, [error(500), answer('from b')], inOrder)
  for (let count = 0; count < 3; count++) await (await proxy.send()).text()
  await (await proxy.send()).text()
  t.strictSame(received(proxy.fakes), [3, 4], 'a is out')
  proxy.fakes[0]!.script([probe, answer('from a')])
  await clock.pass(5)
  return proxy
}

t.test('a probe is judged at its first content, not at the end of a long stream', async t => {
  const end = gate()
  const { fakes, pool, send } = await afterOutage(t, stream(['from ', hold(end), 'a']))
  const probe = await send(streamed)
  const [state] = pool.members.map(member => member.state)
  t.equal(state!.status, 'healthy', 'while the stream of the probe is still under way')
  t.equal(await (await send()).text(), 'from a')
  t.strictSame(received(fakes), [5, 4])
  end.release()
  t.equal(await probe.text(), 'from a')
})

t.test('until its first content a probe proves nothing: other calls go elsewhere', async t => {
  const first = gate()
  const { fakes, send } = await afterOutage(t, stream([write(': processing\n\n'), hold(first), 'from a']))
  const probe = send(streamed)
  await fakes[0]!.waitFor(4)
  t.equal(await (await send()).text(), 'from b')
  first.release()
  t.equal(await (await probe).text(), 'from a')
  t.equal(await (await send()).text(), 'from a')
})
