import t from 'tap'
import { majorityOf } from '../../../../approaches/lib/judging/majority.ts'
import { sample } from '../../../../src/sampling/sample.ts'
import { contextOf, requestOf } from '../../model.ts'

async function majority(...texts: string[]) {
  const ctx = contextOf(() => texts)
  const { winner, votes, leaders } = majorityOf(await sample(ctx, requestOf('q'), texts.length))
  return { winner: winner.text, votes, leaders: leaders.map(({ text }) => text) }
}

t.test('the most common answer wins, with its first candidate', async t => {
  const texts = ['It is 13.', 'The answer is 0.5', '\\boxed{1/2}', 'The answer is 12']
  t.same(await majority(...texts), { winner: texts[1], votes: 2, leaders: [texts[1]] })
  t.same(await majority('7'), { winner: '7', votes: 1, leaders: ['7'] })
})

t.test('the first of tied answers wins, and all of them are leaders', async t => {
  t.same(await majority('1', '13', '12', '12.0', '13.0'), { winner: '13', votes: 2, leaders: ['13', '12'] })
})

t.test('if no two agree, the candidate that has most in common with the others wins', async t => {
  const prose = [
    'Trains are slow here.',
    'Take the bus to town at noon.',
    'Take the bus, or walk to town.',
    'Walk to town.',
  ]
  const { winner, votes, leaders } = await majority(...prose)
  t.equal(winner, prose[2])
  t.equal(votes, 1)
  t.same(leaders, [prose[2], prose[0], prose[1], prose[3]])
  t.equal((await majority('12', '13', '14')).winner, '12', 'the first of equals')
})

t.test('thinking does not count', async t => {
  const { winner } = await majority('<think>a b c</think>x y', 'y z', '<think>a b c</think>w')
  t.equal(winner, '<think>a b c</think>x y')
})
