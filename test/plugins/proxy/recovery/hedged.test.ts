import t from 'tap'
import type { Pacing } from '../../../../plugins/proxy/retry.ts'
import { ask, callOf } from '../../../call.ts'
import { gate, hold, reset, stream } from '../../../fake-provider.ts'
import type { Action, Script } from '../../../fake-provider.ts'
import { proxyOver, received } from '../proxy.ts'
import { textOf } from './broken.ts'

/** Pauses that are over at once. */
const impatient: Pacing = { random: () => 0, pause: async () => {} }
const whole = ['one ', 'two ', 'three']

/** Reads a stream of two providers or more, which is hedged at once, and the outcome of each call. */
async function readHedged(scripts: readonly Script[]) {
  const routing = { strategy: 'failover', hedge: { after: 0.8, budget: 0.5 } } as const
  const { fakes, send, pool } = await proxyOver(t, scripts, { routing }, [], impatient)
  const call = callOf('request', {
    budget: { calls: 1, tokens: 1e9, usd: Infinity, deadline: Number.POSITIVE_INFINITY },
  })
  const reply = await send(ask('x', { stream: true }), call)
  const chunks = []
  for await (const chunk of reply) chunks.push(chunk)
  await reply.done
  const outcomes = call.reports.map(({ provider, reason, outcome }) => `${provider} ${reason} ${outcome}`)
  return { text: textOf(chunks), fakes, outcomes, pool }
}

const breaks: Readonly<Record<string, Action>> = {
  'its connection is reset': stream(['one ', 'two ', reset()]),
  'it just ends': stream(['one ', 'two '], { finish: null, done: false }),
  'it tells an error': stream(['one ', 'two ', { error: { message: 'overloaded', type: 'server_error' } }]),
}

for (const [what, broken] of Object.entries(breaks)) {
  t.test(`a hedge that wins and breaks off is taken over by the provider that lost: ${what}`, async t => {
    const { text, fakes, outcomes, pool } = await readHedged([[hold(), stream(whole)], broken])
    t.equal(text, whole.join(''))
    t.strictSame(received(fakes), [2, 1], 'nobody is asked a third time')
    t.ok(outcomes.includes('a failover outpaced'), outcomes.join(', '))
    t.equal(pool.get('a')?.state.counts.failures, 0, 'losing is no failure')
    t.equal(pool.get('b')?.state.counts.failures, 1, 'breaking off is one')
  })

  t.test(`a first attempt that wins over its hedge and breaks off is taken over: ${what}`, async t => {
    const asked = gate()
    // It begins once the hedge is under way.
    const first: Action = async exchange => {
      await asked.pass()
      return broken(exchange)
    }
    const second: Action = exchange => {
      asked.release()
      return hold()(exchange)
    }
    const { text, fakes } = await readHedged([first, [second, stream(whole)]])
    t.equal(text, whole.join(''))
    t.strictSame(received(fakes), [1, 2])
  })
}

t.test('a third provider takes over, if the one that lost fails as well', async t => {
  const { text, fakes } = await readHedged([[hold(), reset()], breaks['it just ends']!, stream(whole)])
  t.equal(text, whole.join(''))
  t.equal(fakes[2]!.requests.length, 1)
})
