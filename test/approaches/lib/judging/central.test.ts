import t from 'tap'
import * as fc from 'fast-check'
import { mostCentral } from '../../../../approaches/lib/judging/central.ts'

t.test('finds the text that has most in common with the others; ties go to the first', async t => {
  t.equal(
    mostCentral(['apples are red', 'cars are fast', 'red apples are sweet and red', 'apples are sweet']),
    2,
  )
  t.equal(mostCentral(['some prose', 'other prose', 'more']), 0)
  t.equal(mostCentral(['没有', '今天天气很好', '天气很好', '天气很坏']), 2)
  t.equal(mostCentral(['', '!']), 0)
})

t.test('an outlier is never chosen', async t => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 4, maxLength: 9 })
  const crowd = fc.array(text, { minLength: 3, maxLength: 8 })
  fc.assert(
    fc.property(crowd, fc.nat(8), (texts, place) => {
      const prose = texts.map(words => `shared ${words.join(' ')}`).toSpliced(place, 0, 'quite another thing')
      return !prose[mostCentral(prose)]!.startsWith('quite')
    }),
  )
  t.equal(mostCentral(['long '.repeat(100_000), 'long']), 0)
})

t.test('words behind the first 100,000 characters of a text do not count', async t => {
  const behind = (characters: number) => ['red', 'green', `${'long '.repeat(characters / 5)}red green`]
  t.equal(mostCentral(behind(50_000)), 2)
  t.equal(mostCentral(behind(100_000)), 0)
})
