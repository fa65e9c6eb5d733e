import t from 'tap'
import { vote } from '../../src/sampling/vote.ts'

t.test('the key with the most votes wins, with its first item', async t => {
  const { winner, votes, counts } = vote(['a1', 'b1', 'c1', 'b2'], item => item[0]!)
  t.equal(winner, 'b1')
  t.equal(votes, 2)
  t.same(
    [...counts],
    [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ],
  )
})

t.test('a tie goes to the first', async t => {
  t.equal(vote(['b', 'a', 'a', 'b'], item => item).winner, 'b')
})
