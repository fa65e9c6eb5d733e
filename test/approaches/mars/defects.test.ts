/** Defects of OptiLLM's mars, one test each. */
import t from 'tap'
import mars from '../../../approaches/mars/index.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import { promptOf, requestOf, textIn } from '../model.ts'
import { inRounds } from '../rounds.ts'
import { agentOf, answerOf, approving, countsIn, everything, params, subjectOf, team } from './script.ts'

t.test(
  'verdicts also count for combined and shared solutions, and it stops when these are verified',
  async t => {
    for (const changes of [everything, { enable_aggregation: true }, { enable_strategy_network: true }]) {
      const ctx = team({ verify: 'CORRECT' })
      t.match(await answerOf(ctx, changes), /^The answer is 10/)
      t.equal(countsIn(ctx)['verify'], 6, 'each solution twice, and not a third time')
      t.notOk(countsIn(ctx)['improve'])
    }
  },
)

t.test('no iteration follows if all verdicts are good', async t => {
  const ctx = team({ verify: 'CORRECT' })
  await answerOf(ctx, { max_iterations: 5 })
  t.same(countsIn(ctx), { explore: 3, verify: 6 })
})

t.test('a solution found wrong is improved by its own agent, based on the findings', async t => {
  const ctx = team({
    verify: asked =>
      subjectOf(asked).includes('1') ? 'CORRECT' : `${subjectOf(asked)} is off.\nVerdict: INCORRECT`,
  })
  t.equal(await answerOf(ctx, { min_verified_solutions: 2, max_iterations: 1 }), 'The answer is 1.')
  const improved = ctx.asked.filter(({ path }) => path === 'improve')
  t.same(
    improved.map(asked => [agentOf(asked), subjectOf(asked)]),
    [
      [2, 'The answer is 2.'],
      [3, 'The answer is 3.'],
    ],
  )
  t.match(promptOf(improved[0]!.request), /The answer is 2\. is off/)
  t.notMatch(promptOf(improved[0]!.request), /The answer is 3\. is off/)
  const again = ctx.asked.slice(ctx.asked.indexOf(improved[1]!) + 1)
  t.same([...new Set(again.map(subjectOf))], ['The answer is 2. Improved.', 'The answer is 3. Improved.'])
})

t.test('a verdict counts for its own solution, in whatever order verdicts arrive', async t => {
  const late = Promise.withResolvers<void>()
  const ctx = team({
    verify: async asked => {
      if (subjectOf(asked).includes('1')) await late.promise
      else queueMicrotask(() => late.resolve())
      return subjectOf(asked).includes('1') ? 'CORRECT' : 'INCORRECT'
    },
  })
  t.equal(await answerOf(ctx), 'The answer is 1.')
})

t.test('no model verifies its own solution, and each of the others takes its turn', async t => {
  const models = ['x', 'y', 'z']
  const ctx = team({ explore: ({ request }) => `by ${request.model}`, verify: 'CORRECT' })
  await answerOf(ctx, { models })
  const pairs = ctx.asked
    .filter(({ path }) => path === 'verify')
    .map(asked => `${asked.request.model} of ${subjectOf(asked)}`)
  t.same(
    pairs.toSorted(),
    models.flatMap(verifier =>
      models.filter(model => model !== verifier).map(author => `${verifier} of by ${author}`),
    ),
  )
})

t.test('an outage costs one call for each agent, and is an error, not an answer', async t => {
  const down = new HulumanageError('upstream_unreachable', 'down')
  const ctx = team({ explore: down })
  await t.rejects(answerOf(ctx), down)
  t.equal(ctx.asked.length, 3)
})

t.test('"not correct" does not count as a verification', async t => {
  const ctx = team({ verify: 'This is not correct.' })
  t.equal(await answerOf(ctx), 'The answer is 99.')
})

t.test('the system message of the client is read in every round', async t => {
  const ctx = team()
  const system = { role: 'developer', content: 'Answer in French.' }
  const { messages } = requestOf('q')
  await mars.run({ model: 'm', messages: [system, ...messages] }, ctx, { ...params, ...everything })
  for (const { request } of ctx.asked) t.same(request.messages[0], system)
})

t.test('a confident tone does not make a solution better', async t => {
  const sure = 'Therefore, as the proof shows and thus is certain, let us assume: the answer is \\boxed{1}.'
  const ctx = team({
    explore: asked =>
      [sure, 'Perhaps 2? The answer is 2.', 'Not sure. The answer is 2.'][agentOf(asked) - 1]!,
    verify: 'CORRECT',
  })
  t.equal(await answerOf(ctx), 'Perhaps 2? The answer is 2.')
})

t.test('a low token limit does not change the method', async t => {
  const ctx = team({ verify: 'CORRECT' })
  await answerOf(ctx, {}, { max_tokens: 100 })
  t.same(countsIn(ctx), { explore: 3, verify: 6 })
})

t.test('the answer is exactly what the agent wrote, without added markup', async t => {
  const program = 'Here:\n\n```js\nconst a = 1\n```\n\nIt sets a.'
  t.equal(await answerOf(team({ explore: program, verify: 'CORRECT' })), program)
})

t.test('verifications wait only for the solution', async t => {
  const spent = { calls: 0, rounds: 0 }
  const timed = inRounds(
    asked => (asked.path === 'explore' ? `The answer is ${agentOf(asked)}.` : 'CORRECT'),
    spent,
  )
  const ctx = team({ explore: asked => timed(asked, 0), verify: asked => timed(asked, 0) })
  await answerOf(ctx, { verification_passes_required: 4 })
  t.equal(ctx.asked.length, 3 + 12)
  t.equal(spent.rounds, 2)
})

t.test('two concurrent requests share nothing', async t => {
  const [one, other] = [team({ verify: approving('1') }), team({ verify: approving('3') })]
  const answers = await Promise.all([one, other].map(ctx => mars.run(requestOf('q'), ctx, params)))
  t.same(await Promise.all(answers.map(textIn)), ['The answer is 1.', 'The answer is 3.'])
})
