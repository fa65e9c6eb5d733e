import t from 'tap'
import { FinalChoice } from '../../../../approaches/lib/asking/final-choice.ts'
import type { Replacing } from '../../../../approaches/lib/asking/final-choice.ts'

t.test('blanks without end are not held, whatever comes before them', async t => {
  for (const begins of ["I can't help with that.", ' ', '<think>They ask.</think>\n']) {
    const choice = new FinalChoice(0, replaced => replaced, true)
    let passed = 0
    let mostHeld = 0
    for (let pushed = 1; pushed <= 1_000; pushed++) {
      const content = pushed === 1 ? begins : ' \n'
      passed += choice.push({ index: 0, delta: { content } }).length
      mostHeld = Math.max(mostHeld, pushed - passed)
    }
    t.equal(passed, 1_000, begins)
    t.ok(mostHeld <= 200, `${begins}: ${mostHeld} pieces held`)
  }
})

t.test('a refusal behind many blanks is still replaced', async t => {
  const reasons: string[] = []
  const replace: Replacing = (replaced, why) => {
    reasons.push(why)
    return replaced
  }
  const choice = new FinalChoice(0, replace, true)
  const pieces = [...Array.from({ length: 500 }, () => ' \n'), "I can't help ", 'with that.']
  for (const content of pieces) choice.push({ index: 0, delta: { content } })
  choice.push({ index: 0, delta: {}, finish_reason: 'stop' })
  t.same(reasons, ['refuses, unlike the drafts'])
})
