/** Defects of OptiLLM's pvg, one test each. */
import t from 'tap'
import pvg from '../../../approaches/pvg/index.ts'
import { HulumanageError } from '../../../src/contract/index.ts'
import { promptOf, requestOf, textIn } from '../model.ts'
import { inRounds } from '../rounds.ts'
import { allRounds, answerOf, countsIn, game, grading, params, roundOf } from './script.ts'
import type { Round } from './script.ts'

const inLove = { Surely: 10, The: 1 }

t.test('a sneaky answer is never the answer, however high its grade', async t => {
  const down = new HulumanageError('upstream_error', 'down')
  const others = { regrade: ['Score: 0', down, 'no'], revise: [down, 'The answer is 5.'] }
  for (const regrade of others.regrade) {
    for (const revise of others.revise) {
      const ctx = game({ grade: grading(inLove), regrade, revise })
      t.match(await answerOf(ctx, { rounds: 3 }), /^The answer is [1235]/)
      for (const offer of ctx.offers) t.match(await textIn(offer), /^The answer is/)
    }
  }
})

t.test('a sneaky answer is never the answer, even if a budget runs out', async t => {
  const spent = new HulumanageError('budget_calls', 'spent')
  for (const round of allRounds.slice(1)) {
    const ctx = game({ grade: grading(inLove), [round]: spent })
    await t.rejects(answerOf(ctx), spent)
    for (const offer of ctx.offers) t.match(await textIn(offer), /^The answer is/)
  }
})

t.test('the helpful provers cannot copy a sneaky answer', async t => {
  const ctx = game({ grade: grading(inLove) })
  await answerOf(ctx)
  const candidates = ctx.asked.filter(({ kind }) => kind === 'candidate')
  t.ok(candidates.length > 1)
  for (const { request } of candidates) t.notMatch(promptOf(request), /Surely|It is not/)
})

t.test('the question stays unchanged in every round', async t => {
  const ctx = game({ grade: grading(inLove) })
  await answerOf(ctx)
  t.same(new Set(ctx.asked.map(roundOf)), new Set(allRounds))
  for (const { request } of ctx.asked) {
    const user = request.messages.find(({ role }) => role === 'user')
    t.match(user?.content, /^q(?:\n\n|$)/)
  }
})

t.test('grades wait only for the answers that they are of, and sneaky provers for no grade', async t => {
  const spent = { calls: 0, rounds: 0 }
  const timed = inRounds(asked => {
    const rounds: Record<Round, string> = {
      draw: 'The answer is 1.',
      sneaky: 'It is 7.<slip>no</slip>',
      grade: 'Score: 5',
      regrade: 'Score: 5',
      revise: 'The answer is 2.',
    }
    return rounds[roundOf(asked)]
  }, spent)
  const through = Object.fromEntries(allRounds.map(round => [round, (asked: never) => timed(asked, 0)]))
  const ctx = game(through)
  await answerOf(ctx, { sneaky: 6 })
  t.equal(spent.rounds, 6)
  t.equal(countsIn(ctx).grade, 1 + 6 + 1)
})

t.test('neither an ignored n nor null content is an error', async t => {
  t.equal(await answerOf(game({ draw: 'The answer is 4.' })), 'The answer is 4.')
  t.equal(await answerOf(game({ draw: [{ content: null }, 'The answer is 4.'] })), 'The answer is 4.')
})

t.test('a grade in another form is read, and a missing one does not count as 0', async t => {
  const ctx = game({ grade: grading({ '2': '**8**/10', '1': 'unclear', '3': 0, '7': 0 }) })
  t.equal(await answerOf(ctx, { rounds: 1 }), 'The answer is 2.')
})

t.test('nothing is kept between requests, or shared by concurrent ones', async t => {
  const [one, other] = ['1', '3'].map(best => game({ grade: grading({ [best]: 9, Surely: 1 }) }))
  const answers = await Promise.all([one!, other!].map(ctx => pvg.run(requestOf('q'), ctx, params)))
  t.same(await Promise.all(answers.map(textIn)), ['The answer is 1.', 'The answer is 3.'])
  t.same(countsIn(one!), countsIn(other!))
})
