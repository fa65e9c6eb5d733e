import fc from 'fast-check'
import t from 'tap'
import abMcts from '../../approaches/ab_mcts/index.ts'
import bon from '../../approaches/bon.ts'
import compact from '../../approaches/compact/index.ts'
import effort from '../../approaches/effort/index.ts'
import genselect from '../../approaches/genselect.ts'
import mcts from '../../approaches/mcts.ts'
import pick from '../../approaches/pick/index.ts'
import sets from '../../approaches/sets/index.ts'
import { scorers } from '../../approaches/lib/scoring/params.ts'
import type { Approach, Message } from '../../src/contract/index.ts'
import { completionIn, contextOf } from './model.ts'
import type { Asked, Scripted } from './model.ts'
import { randomOf } from './random.ts'
import { inRounds } from './rounds.ts'

const scorer = fc.constantFrom(...scorers)
const n = fc.integer({ min: 2, max: 9 })
const parallel = fc.integer({ min: 1, max: 5 })
const method = fc.constantFrom(
  'none',
  'self_consistency',
  'genselect',
  'moa',
  'fusion',
  'rsa',
  'sets',
  'cove',
)

/** Methods with the params that decide about their cost. */
const methods: readonly (readonly [Approach, fc.Arbitrary<object>])[] = [
  [bon, fc.record({ n, scorer, adaptive: fc.boolean() })],
  [genselect, fc.record({ n, scorer, mode: fc.constantFrom('batch', 'tournament') })],
  [mcts, fc.record({ scorer, parallel, width: parallel, simulations: parallel })],
  [abMcts, fc.record({ n, scorer, parallel, good_enough: fc.constantFrom(0.5, 1) })],
  [sets, fc.record({ n, rounds: fc.integer({ min: 0, max: 4 }), compare: fc.boolean() })],
  [pick, fc.record({ verifiable: method, open: method, factual: method, easy: method })],
  [effort, fc.constant({})],
  [compact, fc.record({ window: fc.integer({ min: 1024, max: 3000 }) })],
]

/** A conversation of random length, whose turns are sometimes long. */
function conversationOf(random: () => number): readonly Message[] {
  const turns = Array.from({ length: 1 + Math.floor(random() * 20) }, () => [
    { role: 'user', content: 'word '.repeat(random() * 900) },
    { role: 'assistant', content: `ok ${random()}` },
  ])
  return [...turns.flat(), { role: 'user', content: 'Describe tea, please' }]
}

const judgements =
  'Score: 3|Score: 9|Best: 2|Verdict: INCORRECT|Verdict: CORRECT|OPEN|HARD|VERIFIABLE|FACTUAL|1. Is it?||none'.split(
    '|',
  )

for (const [step, chosen] of methods) {
  t.test(
    `${step.name} never exceeds the calls and rounds that it states, whatever the model says`,
    async t => {
      await fc.assert(
        fc.asyncProperty(chosen, fc.integer(), async (own, seed) => {
          const random = randomOf(seed)
          const spent = { calls: 0, rounds: 0 }
          const [values, failures] = [4 ** (1 + random() * 4), random() < 0.5 ? 0 : 0.1]
          const verdict = (): string => judgements[Math.floor(random() * judgements.length)]!
          const same = random() < 0.5 ? verdict() : undefined
          const one = (): string => `The answer is ${Math.floor(random() * values)}.`
          const answer = ({ kind, request }: Asked): Scripted => {
            if (random() < failures) return new Error('down')
            if (kind === 'helper') return same ?? verdict()
            return Array.from({ length: request.n ?? 1 }, one)
          }
          const ctx = contextOf(inRounds(answer, spent))
          const params = step.params!.parse(own)
          const request = { model: 'm', messages: conversationOf(random) }
          try {
            await completionIn(await step.run(request, ctx, params))
          } catch {
            // A model that fails or says nothing may fail the method, at no greater cost.
          }
          const stated = step.cost!(params, 1, ctx.paramsOf)
          t.ok(spent.calls <= stated.calls, `${spent.calls} calls of ${stated.calls}: ${JSON.stringify(own)}`)
          t.ok(
            spent.rounds <= stated.rounds,
            `${spent.rounds} rounds of ${stated.rounds}: ${JSON.stringify(own)}`,
          )
        }),
        { numRuns: 60 },
      )
    },
  )
}
