import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'

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
    ['13.9 m/s', 'The speed is approximately 13.9 m/s (50 km/h divided by 3.6).'],
    ['all real numbers except 4', 'So the domain of f is all real numbers except 4.'],
    ['15', 'The answer is 15.\n\nNote: if the boxes were distinguishable, the answer would be 243.'],
    [
      '2385',
      r`Therefore, the minimum value of $3y^2 - 18y + 2412$ is:
\[ 2385 \]`,
    ],
    [r`2H_2 + O_2 \to 2H_2O`, 'The balanced equation is:\n\nO₂ + 2 H₂ → 2 H₂O'],
    [r`\frac{x+3}{x-2}`, r`Thus, it simplifies to $\frac{x+3}{x-2}$, where $x \neq 2$.`],
    ['[1, 4, 9]', 'The output of the program is `[1, 4, 9]`.'],
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
    ['So x is any number except 4.', 'So x is 4.'],
    ['2 H2 + O2 → 2 H2O', '2 Co + O2 → 2 CoO'],
    ['The area is 12π cm^2.', 'The area is 12π m^2.'],
    ['Anna hat noch 60 €.', 'Anna hat noch 6 €.'],
    ['Also hat Anna mindestens 6 €.', 'Also hat Anna 6 €.'],
    ['因此至少有 6 人。', '因此有 6 人。'],
    ['Donc il n’a pas 6 euros.', 'Donc il a 6 euros.'],
    ['The time complexity is O(n).', 'The time complexity is O(n log n).'],
    ['The answer is 5.\n\nI hope this helps!', 'The answer is 6.\n\nI hope this helps!'],
  ] as const)
    t.notOk(shared(one, other), `${one} | ${other}: ${answerKeys([one]).join('')}`)
})
