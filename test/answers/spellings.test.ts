import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'

const r = String.raw

/** Spellings of one answer that public graders of mathematics take for equal, by rule. */
const together: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'a comma in braces belongs to a number': [
    [r`x = 23{,}571`, '23571'],
    ['n = 2{,}016{,}000', '2016000'],
    [r`So the total is $23{,}571$.`, '23,571'],
  ],
  'slashes of Unicode divide': [
    ['3⁄4', r`\frac{3}{4}`],
    ['3∕4', '0.75'],
  ],
  'mixed numbers may have a word between their parts': [
    ['2又3/4', '11/4'],
    ['2 又 3/4', '2.75'],
  ],
  'blanks between Chinese characters mean nothing': [['等腰 直角 三角形', '等腰直角三角形']],
  'a conclusion within a sentence is the answer': [
    ['The first has 81, therefore 18', '18'],
    ['There are 27 of them, so 9', '9'],
  ],
  'labels of an answer in other languages': [
    ['解答：17', '17'],
    ['答复：C', 'C'],
    ['Ìdáhùn: D', 'D'],
  ],
}

for (const [rule, pairs] of Object.entries(together)) {
  t.test(rule, async t => {
    for (const pair of pairs) t.equal(new Set(answerKeys(pair)).size, 1, pair.join(' | '))
  })
}

t.test('a comma without braces behind a name may part two solutions', async t => {
  t.equal(new Set(answerKeys([r`x = 2{,}350`, 'x = 2 or x = 350'])).size, 2)
})
