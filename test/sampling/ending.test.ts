import { mock } from 'node:test'
import t from 'tap'
import { z } from 'zod'
import { endingOf, endingParams, untilEnough } from '../../src/sampling/ending.ts'
import type { Ending } from '../../src/sampling/ending.ts'
import selfConsistency from '../../approaches/self_consistency.ts'
import { sample } from '../../src/sampling/sample.ts'
import { approach, askedFor, client, fakeModel, setUp } from '../chain/fakes.ts'
import { contextOf, requestOf, textIn } from '../approaches/model.ts'

/** Draws that the test settles. */
function drawing(count: number, ending: Ending<string>) {
  const draws = Array.from({ length: count }, () => Promise.withResolvers<string[]>())
  const promises = draws.map(({ promise }) => promise)
  const ended = untilEnough(promises, text => text !== '', ending).then(results =>
    results.map(result => (result.status === 'fulfilled' ? result.value[0] : 'failed')),
  )
  return { draws, ended }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

t.test('a quorum of usable answers ends the draw; empty and failed ones do not count', async t => {
  const { draws, ended } = drawing(5, { quorum: 2 })
  draws[4]!.resolve([''])
  draws[3]!.reject(new Error('down'))
  draws[2]!.resolve(['c'])
  await turns()
  draws[0]!.resolve(['a'])
  t.same(await ended, ['a', 'c', 'failed', ''], 'in the order of the draw')
  draws[1]!.reject(new Error('cancelled: ignored'))
  await turns()
})

t.test('without a quorum the draw waits for all answers', async t => {
  const { draws, ended } = drawing(2, {})
  draws[1]!.resolve(['b'])
  await turns()
  draws[0]!.resolve(['a'])
  t.same(await ended, ['a', 'b'])
  t.equal(endingOf(z.object(endingParams).parse({})), undefined)
})

t.test('missing answers get the configured patience in seconds, and no timer is left running', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const { draws, ended } = drawing(3, { quorum: 1, patience: 2 })
  let over = false
  void ended.then(() => (over = true))
  draws[1]!.resolve(['b'])
  await turns()
  mock.timers.tick(1_999)
  draws[2]!.resolve(['c'])
  await turns()
  t.notOk(over)
  mock.timers.tick(1)
  t.same(await ended, ['b', 'c'])
})

t.test('an error thrown by the callback ends the draw', async t => {
  const thrown = new Error('bad')
  const { draws, ended } = drawing(2, {
    enough: () => {
      throw thrown
    },
  })
  draws[0]!.resolve(['a'])
  await t.rejects(ended, thrown)
})

t.test('with an ending, each answer is a separate call with its own seed', async t => {
  const ctx = contextOf(() => 'a')
  await sample(ctx, requestOf('q', { n: 7, seed: 3 }), 3, { quorum: 3 })
  t.same(
    ctx.asked.map(({ request }) => [request.n, request.seed]),
    [
      [undefined, 3],
      [undefined, 4],
      [undefined, 5],
    ],
  )
})

t.test('a vote ends when the leader can no longer be caught, whatever the quorum', async t => {
  const said = ['4', '5', '4', '4']
  const ctx = contextOf((_asked, index) => said[index] ?? new Promise<string>(() => {}))
  const shared = { adaptive: true, confidence: 0.95, equivalence: 'off' } as const
  const params = { n: 5, temperature: 1, quorum: 5, patience: 0, ...shared }
  t.equal(await textIn(await selfConsistency.run(requestOf('q'), ctx, params)), '4')
  t.equal(ctx.offers.length > 0, true, 'the leader is offered meanwhile')
  t.same(ctx.discarded.toSorted(), ['agrees with the answer', 'agrees with the answer', 'outvoted'])
})

t.test('stragglers are cancelled while the step continues', async t => {
  const signals: AbortSignal[] = []
  const model = fakeModel()
  const upstream: typeof model.upstream = (request, call) => {
    if (signals.push(call.signal) !== 2) return new Promise(() => {})
    return model.upstream(request, call)
  }
  let aborted: boolean[] = []
  const drawing = approach('drawing', async (request, ctx) => {
    const [first] = await sample(ctx, request, 3, { quorum: 1 })
    aborted = signals.map(signal => signal.aborted)
    return first.answer()
  })
  const { runner } = setUp({ all: [drawing], model: { ...model, upstream } })
  t.equal(await (await runner.run(askedFor('drawing-x'), client())).reply.text(), '<q>')
  t.same(aborted, [true, true, true])
})
