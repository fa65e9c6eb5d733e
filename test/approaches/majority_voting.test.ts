import t from 'tap'
import * as fc from 'fast-check'
import majorityVoting from '../../approaches/majority_voting.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { expected, margin, randomFrom, shareOf } from './chance.ts'
import { completionIn, contextOf, promptOf, requestOf, textIn, toolCall } from './model.ts'
import type { Scripted } from './model.ts'

const params = {
  k: 8,
  decide: true,
  judge: '',
  temperature: 1,
  quorum: 0,
  patience: 0,
  adaptive: false,
  confidence: 0.95,
  equivalence: 'off',
} as const

/** Answers by round; a round without an answer waits forever. */
function rounds(answers: Readonly<Record<string, Scripted>>) {
  return contextOf(({ path }) => answers[path] ?? new Promise<never>(() => {}))
}

async function answerTo(draw: Scripted, decide: Scripted = new Error('not asked for')) {
  return await textIn(await majorityVoting.run(requestOf('q'), rounds({ draw, decide }), params))
}

/** The reply of a judge that looks for an answer in the prompt. */
function bestIs(answer: string, prompt: string): string {
  const place = new RegExp(`number=\\\\"(\\d+)\\\\">\\\\n${answer}\\\\n`).exec(prompt)?.[1]
  return `Best: ${place}`
}

t.test('returns the first complete answer of those that agree, without another call', async t => {
  const drafts = ['It is 13.', 'So \\boxed{0.5}', 'The answer is 1/2.', 'Answer: 12']
  const ctx = rounds({ draw: drafts })
  const request = requestOf('q', { seed: 7, n: 2, stream: true, tools: [], temperature: 0.3 })
  t.equal(await textIn(await majorityVoting.run(request, ctx, params)), drafts[1])
  t.equal(ctx.asked.length, 1)
  t.match(ctx.asked[0]?.request, { n: 8, stream: false, seed: 7, tools: [], temperature: 0.3 })
  t.match(ctx.notes, ['Drawing 8 answers', '2 of 4 answers agree'])
})

t.test('asks the model about a tie, and only about the tied answers', async t => {
  const ctx = contextOf(({ path, request }) => {
    return path === 'draw' ? ['12', '13', '7', '13', '12'] : bestIs('13', promptOf(request))
  })
  t.equal(await textIn(await majorityVoting.run(requestOf('q', { stop: 'x' }), ctx, params)), '13')
  t.match(
    ctx.asked.map(({ path, kind }) => [path, kind]),
    [
      ['draw', 'candidate'],
      ['decide', 'helper'],
    ],
  )
  t.notMatch(promptOf(ctx.asked[1]!.request), /\\n7\\n/)
  t.equal(await textIn(ctx.offers[0]!), '12', 'the first of them is offered before')
})

t.test('takes the first of a tie if the model does not decide', async t => {
  const tie = ['7', '12', '13', '13', '12']
  t.equal(await answerTo(tie, 'They are equal.'), '12')
  t.equal(await answerTo(tie, ''), '12')
  t.equal(await answerTo(tie, [{ content: null }]), '12')
  t.equal(await answerTo(tie, []), '12')
  t.equal(await answerTo(tie, new HulumanageError('upstream_error', 'down')), '12')
  const ctx = rounds({ draw: tie })
  t.equal(await textIn(await majorityVoting.run(requestOf('q'), ctx, { ...params, decide: false })), '12')
  t.equal(ctx.asked.length, 1)
})

t.test(
  'of prose, takes the answer that has most in common with the rest, unless the model decides',
  async t => {
    const prose = [
      'Trains are slow.',
      'Take the bus to town.',
      'Take the bus, or walk to town.',
      'Walk to town.',
    ]
    t.equal(await answerTo(prose, 'hm'), prose[2])
    const ctx = contextOf(({ path, request }) =>
      path === 'draw' ? prose : bestIs('Walk to town.', promptOf(request)),
    )
    t.equal(await textIn(await majorityVoting.run(requestOf('q'), ctx, params)), prose[3])
  },
)

t.test('lets only complete answers with content vote, if there are any', async t => {
  const cut = { content: 'The answer is 9', finish: 'length' }
  t.equal(await answerTo([cut, cut, { content: null }, { content: '' }, '8']), '8')
  t.equal(await answerTo([cut, cut]), cut.content)
  t.equal(await answerTo('42'), '42', 'n was ignored')
})

t.test('returns a tool call if half of the answers make one', async t => {
  const call = { tool_calls: [toolCall] }
  const answer = await majorityVoting.run(requestOf('q'), rounds({ draw: ['1', '2', call, call] }), params)
  t.match((await completionIn(answer)).choices, [{ message: { tool_calls: [toolCall] } }])
  t.equal(await answerTo(['1', call, '2', '2']), '2')
})

t.test('fails with the error of the model, or if there is no answer', async t => {
  const error = new HulumanageError('upstream_error', 'down')
  await t.rejects(answerTo(error), error)
  await t.rejects(answerTo([]), { code: 'no_answer' })
  await t.rejects(answerTo([{ content: null }]), { code: 'no_answer' })
})

t.test('ends when the client disconnects or the budget is spent, in each round', async t => {
  for (const until of ['draw', 'decide']) {
    const ctx = contextOf(async ({ path }) => {
      if (path !== until) return ['1', '2']
      ctx.controller.abort()
      return await new Promise<never>(() => {})
    })
    await t.rejects(majorityVoting.run(requestOf('q'), ctx, params), { name: 'AbortError' }, until)
  }
  const spent = new HulumanageError('budget_calls', 'spent')
  const ctx = rounds({ draw: ['1', '2'], decide: spent })
  await t.rejects(majorityVoting.run(requestOf('q'), ctx, params), spent)
  t.equal(await textIn(ctx.offers.at(-1)!), '1')
})

t.test('never exceeds its stated cost', async t => {
  const draft = fc.constantFrom('1', '2', '3', '')
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      fc.infiniteStream(draft),
      async (k, decide, drafts) => {
        const ctx = contextOf(({ path }) => (path === 'draw' ? ['1', ...drafts.take(k - 1)] : 'Best: 2'))
        await majorityVoting.run(requestOf('q'), ctx, { ...params, k, decide })
        const draws = ctx.asked.map(({ request }) => request.n ?? 1)
        const cost = majorityVoting.cost!({ ...params, k, decide }, 1)
        return draws.reduce((sum, n) => sum + n, 0) <= cost.calls && ctx.asked.length <= cost.rounds
      },
    ),
  )
  t.same(majorityVoting.cost?.(params, 2), { calls: 18, rounds: 2 })
  t.same(majorityVoting.cost?.({ ...params, decide: false }, 1), { calls: 8, rounds: 1 })
})

t.test('is right as often as the binomial distribution predicts, with a judge that breaks ties', async t => {
  const [trials, k, right, judge] = [2000, 8, 0.6, 0.8]
  const random = randomFrom(1)
  const share = await shareOf(trials, async trial => {
    const ctx = contextOf(({ path, request }) => {
      if (path === 'draw')
        return Array.from({ length: k }, () => `The answer is ${random() < right ? 42 : 41}.`)
      return bestIs(`The answer is ${random() < judge ? 42 : 41}.`, promptOf(request))
    })
    const answer = await textIn(await majorityVoting.run(requestOf(`q${trial}`), ctx, params))
    return answer === 'The answer is 42.'
  })
  const predicted = expected(k, right, votes => (2 * votes === k ? judge : Number(2 * votes > k)))
  t.ok(predicted > right + 0.15)
  t.ok(Math.abs(share - predicted) < margin(predicted, trials), `${share} is about ${predicted}`)
})
