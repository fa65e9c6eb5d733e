import t from 'tap'
import selfConsistency from '../../approaches/self_consistency.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { expected, margin, randomFrom, shareOf } from './chance.ts'
import { completionIn, contextOf, image, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = {
  n: 5,
  temperature: 1,
  quorum: 0,
  patience: 0,
  adaptive: false,
  confidence: 0.95,
  equivalence: 'off',
} as const

async function answerTo(drafts: Scripted) {
  return await selfConsistency.run(
    requestOf('q'),
    contextOf(() => drafts),
    params,
  )
}

t.test('returns the first complete response with the most common result', async t => {
  const drafts = [
    'Six and six is twelve. The answer is 13.',
    'First 5, then 7 more. The answer is 12.',
    'I count them all: **Final answer: 12.0**',
    'so \\boxed{24/2}',
    'The answer is 14.',
  ]
  t.equal(await textIn(await answerTo(drafts)), drafts[1])
})

t.test('ties go to the earliest', async t => {
  t.equal(await textIn(await answerTo(['13', '12', '12', '13', '7'])), '13')
  t.equal(await textIn(await answerTo(['some prose', 'other prose', 'more'])), 'some prose')
})

t.test('draws in one call, with all fields of the client', async t => {
  const ctx = contextOf(() => ['1', '2', '2'])
  const messages = [{ role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] }]
  const answer = await selfConsistency.run({ model: 'm', messages, seed: 7, n: 2, stream: true }, ctx, params)
  t.equal(await textIn(answer), '2')
  t.same(
    ctx.asked.map(({ request }) => request),
    [{ model: 'm', messages, seed: 7, n: 5, stream: false, temperature: 1 }],
  )
  t.match(ctx.notes, ['Drawing 5 answers', '2 of 3 answers agree'])
})

t.test('lets only complete answers with content vote, if there are any', async t => {
  const cut = { content: 'The answer is 9', finish: 'length' }
  t.equal(await textIn(await answerTo([cut, cut, { content: null }, { content: null }, '8'])), '8')
  const { choices } = await completionIn(await answerTo([{ ...cut, content: '1' }, cut, cut]))
  t.match(choices, [{ finish_reason: 'length', message: { content: cut.content } }])
})

t.test('works with one choice if n is ignored', async t => {
  t.equal(await textIn(await answerTo('42')), '42')
})

t.test('returns a tool call if half of the answers make one', async t => {
  const call = { tool_calls: [toolCall] }
  t.match((await completionIn(await answerTo(['1', call]))).choices, [
    { message: { tool_calls: [toolCall] } },
  ])
  t.equal(await textIn(await answerTo(['1', call, '2', '2'])), '2')
})

t.test('fails with the error of the model, or if there is no answer', async t => {
  const error = new HulumanageError('upstream_error', 'down')
  await t.rejects(answerTo(error), error)
  await t.rejects(answerTo([]), { code: 'no_answer' })
  await t.rejects(answerTo([{ content: null }]), { code: 'no_answer' })
})

t.test('ends when the client disconnects', async t => {
  const ctx = contextOf(async () => {
    ctx.controller.abort()
    return await new Promise<never>(() => {})
  })
  await t.rejects(selfConsistency.run(requestOf('q'), ctx, params), { name: 'AbortError' })
})

t.test('knows its cost', async t => {
  t.same(selfConsistency.cost?.(params, 2), { calls: 10, rounds: 1 })
})

t.test('of prose, returns the answer that has most in common with the rest', async t => {
  const prose = [
    'Trains are slow.',
    'Take the bus to town.',
    'Take the bus, or walk to town.',
    'Walk to town.',
  ]
  t.equal(await textIn(await answerTo(prose)), prose[2])
})

t.test('is right as often as the binomial distribution predicts', async t => {
  const random = randomFrom(2)
  for (const [n, right] of [
    [5, 0.7],
    [9, 0.6],
    [5, 0.4],
  ] as const) {
    const share = await shareOf(1000, async () => {
      const ctx = contextOf(() =>
        Array.from({ length: n }, () => (random() < right ? 'It is\n1/2' : 'It is\n1/3')),
      )
      const answer = await selfConsistency.run(requestOf('q'), ctx, { ...params, n })
      return (await textIn(answer)) === 'It is\n1/2'
    })
    const predicted = expected(n, right, votes => Number(2 * votes > n))
    t.ok(Math.abs(share - predicted) < margin(predicted, 1000), `${share} is about ${predicted}`)
  }
})
