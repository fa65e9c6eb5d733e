import t from 'tap'
import { answerKey, extractAnswer } from '../../src/answers/answer.ts'
import { answerKeys } from '../../src/answers/answer-keys.ts'
import { differentWholes } from './different-wholes.ts'
import { laterAnswers } from './later-answers.ts'
import { moreWholeAnswers } from './more-whole-answers.ts'
import { plainAnswers } from './plain-answers.ts'
import { variedAnswers } from './varied-answers.ts'
import { wholeAnswers } from './whole-answers.ts'
import { worldAnswers } from './world-answers.ts'

const tables = {
  first: wholeAnswers,
  second: moreWholeAnswers,
  third: variedAnswers,
  fourth: laterAnswers,
  world: worldAnswers,
  plain: plainAnswers,
}

for (const [name, table] of Object.entries(tables)) {
  t.test(`the final answer of whole answers is the one that a grader reads: ${name} table`, async t => {
    const rows = Object.values(table).flatMap(rows =>
      rows.flatMap(([expected, ...texts]) => texts.map(text => ({ expected, text }))),
    )
    const missed = rows.filter(({ expected, text }) => !shareVote(text, ...expected.split(' ~ ')))
    const shown = missed.map(({ expected, text }) => `${expected} of ${JSON.stringify(text)}`).join('\n')
    t.ok(missed.length <= rows.length * 0.1, `${missed.length} of ${rows.length} missed: ${shown}`)
  })
}

t.test('another number as the answer is another answer', async t => {
  const rows = Object.values(tables).flatMap(table => Object.values(table).flat())
  const numbers = rows.filter(([expected]) => /^\d+$/.test(expected))
  t.ok(numbers.length > 100)
  for (const [expected, ...texts] of numbers)
    for (const text of texts) {
      const answer = extractAnswer(text)
      const place = new RegExp(String.raw`(?<![\d.,])${expected}(?![\d.,]\d)`, 'g')
      const other = String(Number(expected) + 17)
      if (place.test(answer) && text.includes(expected))
        t.notOk(shareVote(text, text.replaceAll(place, other)), text)
    }
})

t.test('whole answers that differ in any part never share a vote', async t => {
  for (const [one, other] of differentWholes)
    t.notOk(shareVote(one, other), `${JSON.stringify(one)} and ${JSON.stringify(other)}: ${answerKey(one)}`)
})

/** Whether a text shares its vote with any of the others. */
function shareVote(text: string, ...others: readonly string[]): boolean {
  return others.some(other => new Set(answerKeys([text, other])).size === 1)
}
