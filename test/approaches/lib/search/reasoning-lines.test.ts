import fc from 'fast-check'
import t from 'tap'
import { answerKey } from '../../../../src/answers/answer.ts'
import { bestOf, firstHalfOf, lineOf } from '../../../../approaches/lib/search/reasoning-lines.ts'
import type { Line } from '../../../../approaches/lib/search/reasoning-lines.ts'
import { sample } from '../../../../src/sampling/sample.ts'
import type { Candidates } from '../../../../src/sampling/candidate.ts'
import { contextOf, requestOf, toolCall } from '../../model.ts'
import type { ScriptedChoice } from '../../model.ts'

async function drawn(...choices: readonly (string | ScriptedChoice)[]): Promise<Candidates> {
  return await sample(
    contextOf(() => choices),
    requestOf('q'),
    2,
  )
}

async function line(number: number, ...answers: readonly string[]): Promise<Line> {
  return lineOf(number, [], await drawn(...answers), answers.length)
}

t.test('the value of a line is the share of its answers that agree', async t => {
  const { answer, value, answers } = lineOf(1, [], await drawn('7', '1/2', '0.5', '8'), 5)
  t.equal(answer.text, '1/2')
  t.equal(value, 2 / 5, 'of those asked for')
  t.equal(answers.length, 4)
})

t.test('a line that is truncated or calls tools has no value', async t => {
  t.equal(lineOf(1, [], await drawn({ content: '7', finish: 'length' }), 1).value, 0)
  t.equal(lineOf(1, [], await drawn({ tool_calls: [toolCall] }), 1).value, 0)
})

t.test('the best line has support of its own and among all; ties go to the first', async t => {
  const lines = [await line(1, '3', '3', '4'), await line(2, '5', '5', '6'), await line(3, '7', '8', '5')]
  t.equal(bestOf(lines, lines), lines[1])
  t.equal(bestOf([lines[0]!, lines[2]!], lines), lines[0])
  const equals = [await line(1, '1', '2'), await line(2, '3', '4')]
  t.equal(bestOf(equals, equals), equals[0])
  t.equal(bestOf([], lines), undefined)
})

t.test('an answer without its unit supports the one that has it, within a line and among all', async t => {
  t.equal(lineOf(1, [], await drawn('13 km', '12 km', '12'), 3).value, 2 / 3)
  const lines = [await line(1, '13 km'), await line(2, '12 km'), await line(3, '12')]
  t.equal(bestOf(lines, lines), lines[1])
})

t.test('the first half of a line does not reveal its result', async () => {
  const text = fc.constantFrom('The answer is 12.', '12', 'I add four.', 'Then 13.', '', '\\boxed{12}')
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 4 }),
      fc.array(text, { minLength: 1 }),
      async (steps, spoken) => {
        const answers = await drawn([...spoken, 'The answer is 12.'].join('\n'))
        const own = lineOf(
          1,
          steps.map(step => ({ action: 'thought', text: step })),
          answers,
          1,
        )
        const half = firstHalfOf(own)
        const most = (steps.length + spoken.length + 1) / 2
        return half.length <= most && half.every(part => answerKey(part) !== answerKey(own.answer.text))
      },
    ),
  )
})
