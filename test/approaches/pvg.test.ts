import t from 'tap'
import * as fc from 'fast-check'
import pvg from '../../approaches/pvg/index.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completionIn, image, promptOf, requestOf, textIn, toolCall } from './model.ts'
import { allRounds, answerOf, countsIn, game, grading, params, roundOf, subjectOf } from './pvg/script.ts'

const down = new HulumanageError('upstream_error', 'down')

/** A verifier that is fooled by decoys, so that all rounds take place. */
const taken = { '7': 9, The: 5 }

t.test(
  'returns the best helpful answer, as the provider sent it, and stops if it is good enough',
  async t => {
    const ctx = game({ grade: grading({ '2': 9.5, '7': 2 }) })
    const completion = await completionIn(await pvg.run(requestOf('q'), ctx, params))
    t.match(completion, { id: 'chatcmpl-fake', model: 'm-2026' })
    t.match(completion.choices, [{ index: 0, message: { content: 'The answer is 2.' } }])
    t.same(countsIn(ctx), { draw: 1, sneaky: 2, grade: 5 })
  },
)

t.test('helpful answers carry all fields of the client, and are asked to be checkable', async t => {
  const ctx = game()
  const messages = [
    { role: 'system', content: 's' },
    { role: 'user', name: 'ann', content: [{ type: 'text', text: 'q' }, image] },
  ]
  const fields = { tools: [], stop: ['x'], max_tokens: 50, seed: 7 }
  await pvg.run({ model: 'm', messages, stream: true, ...fields }, ctx, params)
  const of = (round: string) => ctx.asked.filter(asked => roundOf(asked) === round)
  const [draw] = of('draw')
  t.match(draw!.request, { model: 'm', ...fields, stream: false, n: 3, temperature: undefined })
  t.match(draw!.request.messages[0], { role: 'system', content: /^s\n\n[^]*checked/ })
  t.same(draw!.request.messages[1], messages[1])
  t.same(
    of('revise').map(({ request }) => request.seed),
    [7, 8, 9],
  )
  t.match(of('revise')[0]!.request, { tools: [], stop: ['x'], temperature: undefined })
  for (const { kind, request } of [...of('sneaky'), ...of('grade')]) {
    t.equal(kind, 'helper')
    t.same(request.messages[0], messages[0])
    t.match(request.messages[1], { name: 'ann', content: [{ text: 'q' }, image, { type: 'text' }] })
    t.equal(request.temperature, undefined)
  }
})

t.test('sneaky provers hide different mistakes', async t => {
  const ctx = game()
  await answerOf(ctx, { sneaky: 3 }, { seed: 7 })
  const sneaky = ctx.asked.filter(asked => roundOf(asked) === 'sneaky')
  t.equal(new Set(sneaky.map(({ request }) => promptOf(request))).size, 3)
  t.same(
    sneaky.map(({ request }) => request.seed),
    [7, 8, 9],
  )
})

t.test('the verifier does not know which prover wrote an answer, or what is wrong with it', async t => {
  const ctx = game()
  await answerOf(ctx)
  const prompts = ctx.asked
    .filter(asked => roundOf(asked) === 'grade')
    .map(asked => [subjectOf(asked), promptOf(asked.request)] as const)
  const [frame, ...others] = prompts.map(([subject, prompt]) => prompt.replace(subject, '-'))
  for (const other of others) t.equal(other, frame)
  for (const [, prompt] of prompts) t.notMatch(prompt, /slip|sneaky|decoy|It is not/)
})

t.test('a fooled verifier is warned, and grades again', async t => {
  const ctx = game({
    grade: grading({ '3': 8, ...taken }),
    regrade: grading({ '2': 9.5, '3': 2 }),
  })
  t.equal(await answerOf(ctx), 'The answer is 2.')
  t.same(countsIn(ctx), { draw: 1, sneaky: 2, grade: 5, regrade: 3 })
  const regrade = ctx.asked.find(asked => roundOf(asked) === 'regrade')!
  t.match(promptOf(regrade.request), /Surely the answer is 7.*It is not\..*The answer is 1/)
})

t.test('the warning contains only the decoys that fooled the verifier', async t => {
  let drawn = 0
  const ctx = game({
    sneaky: () => (drawn++ === 0 ? 'It is 7.<slip>first</slip>' : 'It is 8.<slip>second</slip>'),
    grade: grading({ '8': 9, The: 5 }),
  })
  await answerOf(ctx)
  const regrade = ctx.asked.find(asked => roundOf(asked) === 'regrade')!
  t.match(promptOf(regrade.request), /second/)
  t.notMatch(promptOf(regrade.request), /first/)
})

t.test('a grade of a fooled verifier counts half if it could not grade again', async t => {
  const blind = grading({ '1': 8, '2': 7, '3': 6, '7': 9 })
  for (const [regrades, answer] of [
    [{ '2': 5 }, 'The answer is 2.'],
    [{ '2': 3 }, 'The answer is 1.'],
    [{}, 'The answer is 1.'],
  ] as const) {
    const regrade = grading({ ...regrades, The: 'none' })
    t.equal(await answerOf(game({ grade: blind, regrade }), { rounds: 1 }), answer)
  }
})

t.test('makes no other call if all answers agree', async t => {
  const ctx = game({ draw: ['The answer is 4.', 'So it is \\boxed{4}', '**4**'] })
  t.equal(await answerOf(ctx), 'The answer is 4.')
  t.same(countsIn(ctx), { draw: 1 })
  t.same(ctx.discarded, ['agrees with the answer', 'agrees with the answer'])
})

t.test('judges and revises one of equal answers, for all of them', async t => {
  const draw = ['The answer is 4.', 'The answer is 5.', 'So it is \\boxed{4}']
  const ctx = game({ draw, grade: grading({ '7': 1, '4': 6, '5': 5, The: 3 }) })
  t.equal(await answerOf(ctx), 'The answer is 4.')
  t.same(countsIn(ctx), { draw: 1, sneaky: 2, grade: 6, revise: 2 })
  const both = game({ draw: ['The answer is 5.', ...draw], grade: grading({ '7': 1, The: 5 }) })
  t.equal(await answerOf(both, { rounds: 1, n: 3 }), 'The answer is 5.', 'the votes of equal answers count')
})

t.test('among equal grades, the result of a decoy comes last and the most common result first', async t => {
  const draw = ['The answer is 7.', 'The answer is 5.', 'so \\boxed{6}', 'The answer is 6.']
  const equal = { grade: grading({ Surely: 2, The: 6, so: 6 }) }
  t.equal(await answerOf(game({ draw, ...equal }), { rounds: 1, n: 4 }), 'so \\boxed{6}')
  t.equal(await answerOf(game({ draw: draw.slice(0, 2), ...equal }), { rounds: 1 }), 'The answer is 5.')
  t.equal(await answerOf(game({ ...equal }), { rounds: 1 }), 'The answer is 1.', 'else the first')
})

t.test('an answer without its unit votes with the one that has it, and with a decoy that has it', async t => {
  const draw = ['The answer is 13 km.', 'The answer is 12 km.', 'The answer is 12.']
  const equal = { grade: grading({ Surely: 2, The: 6 }) }
  t.equal(await answerOf(game({ draw, ...equal }), { rounds: 1 }), 'The answer is 12 km.')
  const bare = ['The answer is 7.', 'The answer is 5 km.']
  const sneaky = 'Surely the answer is 7 km. <slip>It is not.</slip>'
  t.equal(await answerOf(game({ draw: bare, sneaky, ...equal }), { rounds: 1 }), 'The answer is 5 km.')
})

t.test('revises answers by their critique until one is good enough, and keeps a better original', async t => {
  const better = game({ grade: grading({ 'The answer is 2. Revised': 8, '7': 1, The: 5 }) })
  t.equal(await answerOf(better), 'The answer is 2. Revised.')
  t.same(countsIn(better), { draw: 1, sneaky: 2, grade: 8, revise: 3 })
  const [revision] = better.asked.filter(asked => roundOf(asked) === 'revise')
  t.match(promptOf(revision!.request), /The answer is 1\.[^]*It has its faults/)

  const worse = game({ grade: grading({ Revised: 2, '7': 1, The: 5 }) })
  t.equal(await answerOf(worse, { rounds: 3 }), 'The answer is 1.')
  const twice = worse.asked.filter(asked => roundOf(asked) === 'revise').map(subjectOf)
  t.equal(new Set(twice).size, 6, 'no answer is revised twice')
})

t.test('a warned verifier remains warned', async t => {
  const ctx = game({ grade: grading(taken) })
  await answerOf(ctx)
  const last = ctx.asked.at(-1)!
  t.equal(last.path, 'grade')
  t.match(promptOf(last.request), /Surely the answer is 7.*It is not/)
})

t.test('can use another model for grades', async t => {
  const ctx = game()
  await answerOf(ctx, { verifier: 'judge' })
  for (const asked of ctx.asked) {
    t.equal(asked.request.model, roundOf(asked) === 'grade' ? 'judge' : 'm')
  }
})

t.test('works with one answer, and makes no other call for a single answer in one round', async t => {
  const ignored = game({ draw: 'The answer is 4.' })
  t.equal(await answerOf(ignored), 'The answer is 4.')
  t.same(countsIn(ignored), { draw: 1, sneaky: 2, grade: 4, revise: 1 })
  const single = game({ draw: 'The answer is 4.' })
  t.equal(await answerOf(single, { rounds: 1 }), 'The answer is 4.')
  t.same(countsIn(single), { draw: 1 })
  const one = game({ draw: 'The answer is 4.' })
  await answerOf(one, { n: 1, rounds: 1 })
  t.same(countsIn(one), { draw: 1 })
  t.notOk('n' in one.asked[0]!.request)
})

t.test('takes no more answers than it requested', async t => {
  const ctx = game({ draw: ['The answer is 1.', 'The answer is 2.'], revise: ['The answer is 5.', 'x'] })
  await answerOf(ctx, { n: 1 })
  t.same(countsIn(ctx), { draw: 1, sneaky: 2, grade: 4, revise: 1 })
})

t.test('works without sneaky answers, and leaves out those that do not explain their mistake', async t => {
  for (const sneaky of [
    down,
    'I will not do that.',
    '<slip>only that</slip>',
    'The answer is 7. <slip></slip>',
    [],
    [{ content: null }],
  ]) {
    const ctx = game({ sneaky, grade: grading({ '2': 8, The: 5 }) })
    t.equal(await answerOf(ctx, { rounds: 1 }), 'The answer is 2.')
    t.same(countsIn(ctx), { draw: 1, sneaky: 2, grade: 3 })
  }
  const none = game()
  await answerOf(none, { sneaky: 0, rounds: 1 })
  t.same(countsIn(none), { draw: 1, grade: 3 })
  const before = game({ sneaky: '<slip>not 7</slip>\nIt is 7.', grade: grading({ 'It is': 9, The: 5 }) })
  await answerOf(before, { rounds: 1 })
  t.equal(countsIn(before).regrade, 3, 'wherever the slip is')
})

t.test('reads grades as verifiers write them, and the best one wins', async () => {
  const wordings: readonly ((grade: number) => string)[] = [
    grade => `${grade}`,
    grade => `Score: ${grade}`,
    grade => `**Score:** ${grade}/10`,
    grade => `{"score": ${grade}}`,
    grade => `Fine in 2 of 3 steps.\nScore: ${grade * 10}%`,
    grade => `<think>1?</think>I'd give it ${grade} out of 10`,
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 10 }), { minLength: 3, maxLength: 3 }),
      fc.constantFrom(...wordings),
      async (grades, wording) => {
        const ctx = game({ grade: asked => wording(grades[Number(/\d/.exec(subjectOf(asked))) - 1] ?? 0) })
        const answer = await answerOf(ctx, { rounds: 1, sneaky: 0 })
        return answer === `The answer is ${grades.indexOf(Math.max(...grades)) + 1}.`
      },
    ),
  )
})

t.test('continues without a round that fails or is empty', async t => {
  for (const round of ['sneaky', 'grade', 'regrade', 'revise'] as const) {
    for (const answer of [down, [], [{ content: null }], '']) {
      const ctx = game({ grade: grading(taken), [round]: answer })
      t.match(await answerOf(ctx), /^The answer is 1/, round)
    }
  }
  const partly = game({ grade: asked => (subjectOf(asked).includes('2') ? 'Score: 7' : down) })
  t.equal(await answerOf(partly, { rounds: 1 }), 'The answer is 2.')
})

t.test('fails without a usable answer', async t => {
  await t.rejects(answerOf(game({ draw: down })), down)
  for (const draw of [[], [{ content: null }, ' ']]) {
    await t.rejects(answerOf(game({ draw })), { code: 'no_answer', status: 502 })
  }
})

t.test('leaves out truncated answers, and reports the truncation if there are no others', async t => {
  const cut = { content: 'The answer is', finish: 'length' }
  t.equal(await answerOf(game({ draw: [cut, 'The answer is 2.'] }), { rounds: 1 }), 'The answer is 2.')
  const answer = await pvg.run(requestOf('q'), game({ draw: [cut], revise: [cut] }), params)
  t.match((await completionIn(answer)).choices, [{ finish_reason: 'length' }])
})

t.test('returns a tool call without waiting if half of a round make one, else leaves these out', async t => {
  const call = { tool_calls: [toolCall] }
  const drawn = game({ draw: ['a', call], sneaky: () => new Promise<never>(() => {}) })
  const revised = game({ revise: [call] })
  for (const ctx of [drawn, revised]) {
    const { choices } = await completionIn(await pvg.run(requestOf('q'), ctx, params))
    t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
  }
  t.equal(await answerOf(game({ draw: ['The answer is 1.', call, 'b'] }), { rounds: 1 }), 'The answer is 1.')
})

t.test('passes on a spent budget in each round, with the best so far offered', async t => {
  const spent = new HulumanageError('budget_tokens', 'spent')
  for (const round of allRounds.slice(1)) {
    const ctx = game({ grade: grading(taken), [round]: spent })
    await t.rejects(answerOf(ctx), spent, round)
    t.equal(await textIn(ctx.offers.at(-1)!), 'The answer is 1.')
  }
  await t.rejects(answerOf(game({ draw: spent })), spent)
  const graded = game({ grade: grading({ '2': 8, '7': 1 }), revise: spent })
  await t.rejects(answerOf(graded), spent)
  t.same(await Promise.all(graded.offers.map(textIn)), ['The answer is 1.', 'The answer is 2.'])
})

t.test('ends when the client disconnects, in each round', async t => {
  for (const round of allRounds) {
    const ctx = game({
      grade: grading(taken),
      [round]: async () => {
        ctx.controller.abort()
        return await new Promise<never>(() => {})
      },
    })
    await t.rejects(answerOf(ctx), { name: 'AbortError' }, round)
  }
})

t.test('knows its cost', async t => {
  t.same(pvg.cost!(params, 1), { calls: 19, rounds: 6 })
  t.same(pvg.cost!({ ...params, n: 1, rounds: 1 }, 2), { calls: 2, rounds: 1 })
  t.same(pvg.cost!({ ...params, sneaky: 0, rounds: 1 }, 1), { calls: 6, rounds: 2 })
})
