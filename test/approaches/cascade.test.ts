import t from 'tap'
import * as fc from 'fast-check'
import cascade from '../../approaches/cascade/index.ts'
import type { CascadeParams } from '../../approaches/cascade/params.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { margin, randomFrom } from './chance.ts'
import { completionIn, contextOf, piecesIn, requestOf, textIn, toolCall } from './model.ts'
import type { FakeContext, Scripted } from './model.ts'
import { inRounds } from './rounds.ts'

const params: CascadeParams = {
  certainty: 0.6,
  models: ['small'],
  accept: 'agreement',
  samples: 3,
  agreement: 1,
  grade: 8,
  judge: '',
}
const down = new HulumanageError('upstream_error', 'down')

/** Answers by model. */
function models(answers: Readonly<Record<string, Scripted>>): FakeContext {
  return contextOf(({ request }) => answers[request.model] ?? new Promise<never>(() => {}))
}

const modelsIn = ({ asked }: FakeContext) => asked.map(({ request }) => request.model)

t.test('an answer on which all samples of the cheap model agree is the answer', async t => {
  const ctx = models({ small: ['It is 1/2.', 'The answer is 0.5', '1/2'] })
  t.equal(await textIn(await cascade.run(requestOf('q'), ctx, params)), 'It is 1/2.')
  t.match(ctx.asked, [{ request: { model: 'small', n: 3 }, kind: 'candidate', path: 'level_1.draw' }])
})

t.test('the next model is asked if they differ, and sees the question alone', async t => {
  const ctx = models({ small: ['1', '1', '2'], m: 'strong' })
  const request = requestOf('q', { max_tokens: 50 })
  t.equal(await textIn(await cascade.run(request, ctx, params)), 'strong')
  t.same(ctx.asked[1]?.request, request)
  t.same(ctx.discarded, ['only 2 of 3 answers agree'])
  t.same(modelsIn(ctx), ['small', 'm'])
  const enough = models({ small: ['1', '2', '1'] })
  t.equal(await textIn(await cascade.run(requestOf('q'), enough, { ...params, agreement: 2 / 3 })), '1')
})

t.test('a refusal of a cheap model is not good enough, in words, in JSON or in the field for it', async t => {
  const refusal = "I'm sorry, but I can't help with that."
  const answers = [refusal, JSON.stringify({ answer: refusal }), { content: null, refusal }]
  for (const answer of answers)
    for (const accept of ['agreement', 'answer', 'grade'] as const) {
      const ctx = models({ small: accept === 'agreement' ? [answer, answer, answer] : [answer], m: 'strong' })
      t.equal(await textIn(await cascade.run(requestOf('q'), ctx, { ...params, accept })), 'strong', accept)
      t.equal(ctx.discarded.at(-1), 'refuses')
    }
})

t.test('the models are those of the params, then those in the name of the requested one', async t => {
  const answers = { a: ['1', '2'], b: ['1', '2'], c: ['1', '2'], d: 'last' }
  const ctx = models(answers)
  const own = { ...params, models: ['a', 'b'], samples: 2 }
  await cascade.run({ ...requestOf('q'), model: 'c > d' }, ctx, own)
  t.same(modelsIn(ctx), ['a', 'b', 'c', 'd'])
  for (const model of ['a>', '>', 'a>b>c>d'])
    await t.rejects(cascade.run({ ...requestOf('q'), model }, models({}), params), {
      code: 'invalid_value',
      param: 'model',
    })
})

t.test('with a single model, the request passes through', async t => {
  const ctx = models({ m: 'the answer' })
  const request = requestOf('q', { stream: true })
  t.same(await piecesIn(await cascade.run(request, ctx, { ...params, models: [] })), [
    'the',
    ' an',
    'swe',
    'r',
  ])
  t.same(ctx.asked, [{ request, kind: 'candidate', path: '' }])
})

t.test('an answer with a good grade by the judge is the answer', async t => {
  for (const [grade, expected] of [
    ['8', 'cheap'],
    ['Score: 9/10', 'cheap'],
    ['7', 'strong'],
    ['no idea', 'strong'],
    [down, 'strong'],
  ] as const) {
    const ctx = models({ small: 'cheap', umpire: grade, m: 'strong' })
    const graded = { ...params, accept: 'grade', judge: 'umpire' } as const
    t.equal(await textIn(await cascade.run(requestOf('q'), ctx, graded)), expected)
    t.match(ctx.asked[1], { kind: 'helper', request: { model: 'umpire' } })
  }
})

t.test('if any answer is accepted, a step below decides by failing', async t => {
  const rejecting = models({ small: new HulumanageError('no_answer', 'invalid'), m: 'strong' })
  const any = { ...params, accept: 'answer' } as const
  t.equal(await textIn(await cascade.run(requestOf('q'), rejecting, any)), 'strong')
  const cut = models({ small: [{ content: 'cut', finish: 'length' }], m: 'strong' })
  t.equal(await textIn(await cascade.run(requestOf('q'), cut, any)), 'strong')
  t.equal(await textIn(await cascade.run(requestOf('q'), models({ small: 'cheap' }), any)), 'cheap')
})

t.test('equal tool calls agree, and different ones do not', async t => {
  const other = { ...toolCall, function: { name: 'look', arguments: '{"at":1}' } }
  const [call, different] = [{ tool_calls: [toolCall] }, { tool_calls: [other] }]
  const agreed = models({ small: [call, call, call] })
  const answer = await cascade.run(requestOf('q', { tools: [] }), agreed, params)
  t.match((await completionIn(answer)).choices, [{ message: { tool_calls: [toolCall] } }])
  const ctx = models({ small: [call, different, call], m: 'strong' })
  t.equal(await textIn(await cascade.run(requestOf('q', { tools: [] }), ctx, params)), 'strong')
  t.ok(ctx.asked.every(({ request }) => request['tools'] !== undefined))
})

t.test('a model that fails is skipped, and of the last one the answer below is the fallback', async t => {
  const skipping = models({ small: down, m: 'strong' })
  t.equal(await textIn(await cascade.run(requestOf('q'), skipping, params)), 'strong')
  const last = models({ small: ['1', '2', '2'], m: down })
  t.equal(await textIn(await cascade.run(requestOf('q'), last, params)), '2')
  t.same(last.discarded, [], 'the answer is not discarded')
  const two = models({ small: ['1', '2', '2'], middle: ['3', '4', '4'], m: down })
  const both = { ...params, models: ['small', 'middle'] }
  t.equal(await textIn(await cascade.run(requestOf('q'), two, both)), '4')
  t.same(two.discarded, ['only 2 of 3 answers agree'], 'but that before it')
  await t.rejects(cascade.run(requestOf('q'), models({ small: down, m: down }), params), down)
})

t.test(
  'ends when the budget is spent or the client disconnects, with the best so far as the offer',
  async t => {
    const spent = new HulumanageError('budget_tokens', 'spent')
    const ctx = models({ small: ['1', '2', '2'], m: spent })
    await t.rejects(cascade.run(requestOf('q'), ctx, params), spent)
    t.equal(await textIn(ctx.offers.at(-1)!), '2')
    const first = models({ small: spent })
    await t.rejects(cascade.run(requestOf('q'), first, params), spent, 'and asks no other model')
    const gone = contextOf(() => {
      gone.controller.abort()
      return new Promise<never>(() => {})
    })
    await t.rejects(cascade.run(requestOf('q'), gone, params), { name: 'AbortError' })
  },
)

t.test('never exceeds its stated cost', async t => {
  const own = fc.record({
    models: fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }),
    accept: fc.constantFrom('agreement' as const, 'grade' as const, 'answer' as const),
    samples: fc.integer({ min: 2, max: 5 }),
  })
  const named = fc.constantFrom('m', 'a>m', 'a>b>m')
  const words = fc.infiniteStream(fc.constantFrom<Scripted>('1', '2', 'Score: 3', '', down))
  await fc.assert(
    fc.asyncProperty(own, named, words, async (given, model, said) => {
      const spent = { calls: 0, rounds: 0 }
      const ctx = contextOf(
        inRounds(({ request }) => (request.model === 'm' ? 'strong' : said.next().value), spent),
      )
      await cascade.run({ ...requestOf('q'), model }, ctx, { ...params, ...given })
      const cost = cascade.cost!({ ...params, ...given }, 1)
      return spent.calls <= cost.calls && spent.rounds <= cost.rounds
    }),
  )
  t.same(cascade.cost?.({ ...params, models: [] }, 2), { calls: 14, rounds: 3 })
})

t.test(
  'the strong model is asked as often as the samples disagree, and mistakes that agree pass',
  async t => {
    const [trials, cheap, strong] = [2000, 0.7, 0.95]
    const random = randomFrom(7)
    const draw = (): string => (random() < cheap ? 'right' : `wrong ${Math.floor(random() * 2)}`)
    let [right, escalated] = [0, 0]
    for (let trial = 0; trial < trials; trial++) {
      const ctx = contextOf(({ request }) => {
        if (request.model === 'small') return [draw(), draw(), draw()]
        escalated++
        return random() < strong ? 'right' : 'wrong'
      })
      if ((await textIn(await cascade.run(requestOf('q'), ctx, params))) === 'right') right++
    }
    const agree = cheap ** 3 + 2 * ((1 - cheap) / 2) ** 3
    t.ok(Math.abs(escalated / trials - (1 - agree)) < margin(agree, trials), `${escalated} escalations`)
    const predicted = cheap ** 3 + (1 - agree) * strong
    t.ok(Math.abs(right / trials - predicted) < margin(predicted, trials), `${right} are right`)
    t.ok(predicted > strong, 'better than the strong model alone, which is asked in two of three cases')
  },
)
