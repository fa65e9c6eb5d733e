import t from 'tap'
import * as fc from 'fast-check'
import { combinations } from '../../../../approaches/lib/search/combinations.ts'

t.test('returns pairs, neighbours first, then single items', async t => {
  t.same(combinations(['a', 'b', 'c']), [['a', 'b'], ['b', 'c'], ['a', 'c'], ['a'], ['b'], ['c']])
  t.same(combinations(['a']), [['a']])
  t.same(combinations([]), [])
})

t.test('returns each combination of two at most once', async () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { maxLength: 12 }), items => {
      const all = combinations(items)
      const different = new Set(all.map(combination => combination.join('+')))
      return different.size === all.length && all.length === (items.length * (items.length + 1)) / 2
    }),
  )
})
