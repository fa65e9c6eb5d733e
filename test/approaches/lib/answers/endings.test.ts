import t from 'tap'
import { answerKeys } from '../../../../approaches/lib/answers/answer-keys.ts'

const r = String.raw
const shared = (...texts: readonly string[]) => new Set(answerKeys(texts)).size === 1

t.test('a last sentence about one thing ends in its value', async t => {
  for (const [value, text] of [
    ['7', 'Thus, the remainder when 2^100 is divided by 9 is 7.'],
    ['[2, 5)', 'So the domain is [2, 5).'],
    ['(2, -1)', 'Solving the system yields x = 2 and y = -1, so the point is (2, -1).'],
    ['O(n log n)', 'Sorting dominates, so the overall time complexity is O(n log n).'],
    ['A, C', 'The correct statements are A and C.'],
    ['9 cm', 'The side has a length of 9 cm.'],
    ['100 people', 'There were 100 people originally. Answer: 100 people.'],
    [r`\frac{1}{2}`, 'Hence the chance is 1/2.\n\nHope that helps!'],
    ['42', '6*7 = 42\n\nLet me know if you need anything else.'],
  ] as const)
    t.ok(shared(value, text), `${value} of ${JSON.stringify(text)}: ${answerKeys([value, text]).join(' ')}`)
})

t.test('a last sentence with other values, a bound or a denial keeps them', async t => {
  for (const [one, other] of [
    ['So the domain is [2, 5).', 'So the domain is [2, 5].'],
    ['So the first point is (1, 2) and the second point is (3, 4).', 'So the second point is (3, 4).'],
    ['Thus, the remainder of 8 by 3 is not 2.', 'Thus, the remainder of 8 by 3 is 2.'],
    ['Thus, the sum of the first 3 terms is at least 7.', 'Thus, the sum of the first 3 terms is 7.'],
    ['Thus, the cost of 2 pens is 4 and the cost of 3 pens is 6.', 'Thus, the cost of 3 pens is 6.'],
    ['Thus, the price for 2 is 5 if it rains.', 'Thus, the price for 2 is 5.'],
    ['The correct statements are A and C.', 'The correct statements are A, B and C.'],
    ['The time complexity is O(n).', 'The time complexity is O(n log n).'],
    ['The answer is 5.\n\nI hope this helps!', 'The answer is 6.\n\nI hope this helps!'],
  ] as const)
    t.notOk(shared(one, other), `${one} | ${other}: ${answerKeys([one]).join('')}`)
})
