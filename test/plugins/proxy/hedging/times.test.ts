import t from 'tap'
import type { Test } from 'tap'
import { Hedges } from '../../../../plugins/proxy/pool/hedges.ts'
import type { Pacing } from '../../../../plugins/proxy/retry.ts'
import { ask } from '../../../call.ts'
import { answer, error, gate, hold, sequence } from '../../../fake-provider.ts'
import type { Action } from '../../../fake-provider.ts'
import { proxyOver } from '../proxy.ts'

const routing = { strategy: 'least_latency', hedge: { after: 0.8, budget: 0.5 } }
const pacing: Pacing = { random: () => 0, pause: async () => {} }
const call = { model: 'gpt-4', streams: false, promptTokens: 1, answerTokens: 1 }

/** Two providers of which the first is slow to begin, and the number of times that percentiles are taken from. */
async function timedOver(t: Test, first: Action, second: Action) {
  const { balancer, ...proxy } = await proxyOver(t, [first, second], { routing }, [], pacing)
  balancer.hedges = new Hedges()
  const times: number[] = []
  balancer.hedges.times.record = (_, milliseconds) => void times.push(milliseconds)
  return { ...proxy, times }
}

t.test('the short time of a hedge that lost is not measured', async t => {
  const slow = gate()
  const { fakes, pool, send, times } = await timedOver(t, sequence(hold(slow), answer('from a')), hold())
  const sent = send(ask())
  await fakes[1]!.waitFor(1)
  slow.release()
  t.equal(await (await sent).text(), 'from a')
  await fakes[1]!.disconnected()
  t.equal(times.length, 1, 'that of the winner')
  t.ok(pool.get('a')?.latencyMs(call))
  t.equal(pool.get('b')?.latencyMs(call), undefined)
})

t.test('a first attempt that lost is measured: it would have taken at least that long', async t => {
  const { pool, send, times } = await timedOver(t, hold(), answer('from b'))
  t.equal(await (await send(ask())).text(), 'from b')
  t.equal(times.length, 2)
  t.ok(times[0]! >= times[1]!, 'the loser began before the winner')
  t.ok(pool.get('a')!.latencyMs(call)! >= pool.get('b')!.latencyMs(call)!)
})

t.test('a race that ends without an answer is not measured', async t => {
  const refusing = gate()
  for (const scripts of [
    [sequence(hold(refusing), error(400)), hold()],
    [hold(), sequence(hold(refusing), error(400))],
  ] as const) {
    const { fakes, send, times } = await timedOver(t, ...scripts)
    const sent = send(ask())
    await Promise.all(fakes.map(fake => fake.waitFor(1)))
    refusing.step()
    await t.rejects(sent, { code: 'upstream_rejected' })
    t.strictSame(times, [])
  }
})
