import t from 'tap'
import bon from '../../approaches/bon.ts'
import cascade from '../../approaches/cascade/index.ts'
import cepo from '../../approaches/cepo/index.ts'
import cove from '../../approaches/cove/index.ts'
import fusion from '../../approaches/fusion.ts'
import genselect from '../../approaches/genselect.ts'
import mars from '../../approaches/mars/index.ts'
import mcts from '../../approaches/mcts.ts'
import moa from '../../approaches/moa.ts'
import rsa from '../../approaches/rsa.ts'
import rto from '../../approaches/rto.ts'
import sets from '../../approaches/sets/index.ts'
import type { Approach } from '../../src/contract/index.ts'
import { contextOf, requestOf, textIn } from './model.ts'
import type { Scripted } from './model.ts'

const refusals = [
  "I'm sorry, but I can't help with that.",
  'Es tut mir leid, aber dabei kann ich nicht helfen.',
  '申し訳ありませんが、そのご要望にはお応えできません。',
  'I cannot assist with this request.',
]

/** A refusal in words, and one in the field for it. */
const forms: readonly Scripted[] = [refusals[0]!, [{ content: null, refusal: refusals[0]! }]]

const steps: readonly Approach[] = [bon, genselect, mars, mcts, moa]

for (const step of steps)
  t.test(
    `${step.name} judges no refusals if the model writes nothing else, whatever their words`,
    async t => {
      let drawn = 0
      const ctx = contextOf(({ request }) =>
        Array.from({ length: request.n ?? 1 }, () => refusals[drawn++ % refusals.length]!),
      )
      t.equal(await textIn(await step.run(requestOf('q'), ctx, step.params!.parse({}))), refusals[0])
      t.same(
        ctx.asked.filter(({ kind }) => kind === 'helper'),
        [],
      )
      t.ok(drawn <= refusals.length, `${drawn} answers`)
    },
  )

const synthetic: readonly (readonly [Approach, object])[] = [
  [cove, {}],
  [fusion, {}],
  [mars, {}],
  [mars, { enable_strategy_network: true, enable_aggregation: false }],
  [mcts, {}],
  [moa, {}],
  [rsa, {}],
  [rto, {}],
  [sets, {}],
]

for (const [step, params] of synthetic)
  t.test(`${step.name} keeps its drafts if everything written from them refuses`, async t => {
    for (const [stream, refusal] of [false, true].flatMap(stream =>
      forms.map(form => [stream, form] as const),
    )) {
      let drawn = 0
      const ctx = contextOf(({ request, kind }) => {
        if (kind === 'helper') return 'Was it 40?\nScore: 4\nBest: 1\nVerdict: INCORRECT'
        const isDraft = request.messages.length === 1 && request.messages[0]?.content === 'q'
        if (!isDraft) return refusal
        return Array.from({ length: request.n ?? 1 }, () => `The answer is ${40 + drawn++}.`)
      })
      const answer = await step.run(requestOf('q', { stream }), ctx, step.params?.parse(params) ?? {})
      t.match(await textIn(answer), /The answer is 4\d\./)
    }
  })

t.test('cepo returns a proposal if all answers refuse', async t => {
  for (const [bestofn, refusal] of [1, 2].flatMap(count => forms.map(form => [count, form] as const))) {
    const ctx = contextOf(({ kind }) => (kind === 'helper' ? 'It is 42.' : refusal))
    const params = cepo.params!.parse({ bestofn_n: bestofn })
    const answer = await cepo.run(requestOf('q'), ctx, params)
    t.equal(typeof answer === 'string' ? answer : await textIn(answer), 'It is 42.')
    t.same(ctx.degraded, ['answer'])
  }
})

t.test('cascade keeps a doubtful answer if the strongest model refuses', async t => {
  for (const stream of [false, true]) {
    let drawn = 0
    const ctx = contextOf(({ request }) =>
      request.model === 'large'
        ? refusals[0]!
        : Array.from({ length: request.n ?? 1 }, () => `The answer is ${40 + drawn++}.`),
    )
    const params = cascade.params!.parse({ models: ['small'] })
    const answer = await cascade.run(requestOf('q', { model: 'large', stream }), ctx, params)
    t.match(await textIn(answer), /The answer is 4\d\./)
    t.same(ctx.degraded, ['answer'])
  }
})
