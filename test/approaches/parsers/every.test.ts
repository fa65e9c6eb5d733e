import t from 'tap'
import { answerKey } from '../../../src/answers/answer.ts'
import { bareAnswerKey } from '../../../src/answers/answer-key.ts'
import { filesIn, read as source } from '../../house/sources.ts'
import { hostileTexts } from './hostile-texts.ts'
import { readers } from './readers.ts'

/** A quarter of a mebibyte keeps the suite short; `npm run bench:parsers` reads a mebibyte. */
const length = 2 ** 18
/** Made once for all readers: to write them takes longer than most of these take to read them. */
const texts = [...hostileTexts(length)]
/** Just below the length from which an answer is taken as it stands. */
const longestAnswer = 190_000

t.test('every function that reads the text of a model is read hostile texts here', async t => {
  const reads =
    /^export function (\w+)\((?:text|reply|review|program|beginning): string(?:, count: number)?\)/gm
  const named = filesIn(['approaches', 'src/sampling'], /\.ts$/).flatMap(path =>
    Array.from(source(path).matchAll(reads), ([, name]) => name!),
  )
  const filters = ['tokensIn']
  t.ok(named.length > 15, 'the functions are found')
  t.strictSame(
    named.filter(name => !(name in readers) && !filters.includes(name)),
    [],
  )
})

for (const [name, read] of Object.entries(readers)) {
  // A reader whose time grows with the square of the length takes too long for the runner, so no clock has to be asked. One
  // that is slow by a factor passes here: the bounds that keep some short are asserted in the tests of each.
  t.test(`${name} reads a long text of anything that is hard to read`, async t => {
    for (const text of texts) read(text)
    t.pass()
  })
}

t.test('the longest answer that is not taken as it stands is read, whatever it says', async t => {
  for (const text of hostileTexts(longestAnswer)) {
    answerKey(text)
    bareAnswerKey(text)
  }
  t.pass()
})
