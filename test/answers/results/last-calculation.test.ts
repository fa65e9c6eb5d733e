import t from 'tap'
import { answerKeys } from '../../../src/answers/answer-keys.ts'
import { extractAnswer } from '../../../src/answers/answer.ts'

const r = String.raw

const concluding: readonly (readonly [string, string])[] = [
  ['9 ft', 'The models agree where 264 * L = 88 * 27. Solving for L, we get L = (88 * 27) / 264 = 9 ft.'],
  ['3/4', 'The variance of a uniform distribution is (b - a)^2/12, so here it is (3 - 0)^2/12 = 9/12 = 3/4.'],
  ['22.5', 'From 2/5 = 9/x it follows that 2x = 45. Dividing both sides by 2, we get x = 22.5.'],
  [
    '320 liters',
    'The farm has 8 tanks, each with 40 liters of water. Its supply is 8 tanks * 40 liters/tank = 320 liters.',
  ],
  ['22.5%', '(675 kcal / 3000 kcal) * 100% = 22.5%'],
  [
    '0.5',
    'The resistance is 1 ohm + 5 ohms = 6 ohms. The voltage is 3 V. The current is 3 V / 6 ohms = 0.5 amps.',
  ],
  ['273.75', 'A bond of 500 dollars pays 500 * 0.09125 = 45.625. Six of them pay 6 * 45.625 = 273.75.'],
  [
    '1078 g',
    r`The gas is $n = \frac{(0.1)(6000)}{(0.0821)(300)} = 24.5$ moles. It weighs $24.5 \cdot 44 = 1078$ g.`,
  ],
  ['140000', "The owner's equity is assets minus liabilities, which is $240,000 - $100,000 = $140,000."],
  ['0.225 atm', 'The gas fills 4.5 of 20 parts. Its pressure is 4.5 / 20 = .225 atm.'],
  ['86.2 °C', 'The closest answer is 86.2°C. The small difference comes from rounding.'],
  ['12 N', 'The answer is 12 N. This follows from the second law.'],
]

t.test('the calculation that ends a text and uses what was found before has its result', async t => {
  for (const [expected, text] of concluding) {
    const [one, other] = answerKeys([expected, text])
    t.equal(other, one, `${text}: ${extractAnswer(text)}`)
  }
})

const open: readonly (readonly [string, string])[] = [
  [
    'The area is 2 * 3 = 6 and the perimeter is 2 * (2 + 3) = 10.',
    'The area is 1 * 4 = 4 and the perimeter is 2 * (1 + 4) = 10.',
  ],
  ['(a) 2 * 3 = 6 (b) 4 + 6 = 10', '(a) 3 * 3 = 9 (b) 4 + 6 = 10'],
  ['Tom: 3 * 4 = 12\nAnn: 5 * 4 = 20', 'Tom: 2 * 4 = 8\nAnn: 5 * 4 = 20'],
  ['First we get x = 3. Next, we get y = 4.', 'First we get x = 2. Next, we get y = 4.'],
  [
    'The first root is (5 + 1) / 2 = 3, the second is (5 - 1) / 2 = 2.',
    'The first root is (7 + 1) / 2 = 4, the second is (5 - 1) / 2 = 2.',
  ],
  ['Then 2 * 3 = 6 mod 7', 'Then 2 * 3 = 6 mod 9'],
  ['Income: 5 * 8 = 40 dollars per day', 'Income: 5 * 8 = 40 dollars per week'],
  ['12 N', '12 J'],
  ['The answer is 5 St. Louis boats.', 'The answer is 5 St. Paul boats.'],
]

t.test(
  'texts with another value, a check or another unit never share the vote of their last calculation',
  async t => {
    for (const [one, other] of open)
      t.equal(new Set(answerKeys([one, other])).size, 2, `${one} and ${other}: ${extractAnswer(one)}`)
  },
)

t.test('a text that ends behind a sign of equality is read, whatever stands there', t => {
  for (const end of [
    '',
    '..5',
    '.',
    '.5.',
    '$',
    '1.2.3',
    ',5',
    '٣',
    '²',
    '1e999',
    '-',
    '\\frac{.5}{..5}',
    '5'.repeat(400),
  ])
    for (const step of ['2 * 3', 'we get x', '..5 * ..5'])
      t.doesNotThrow(() => extractAnswer(`A box holds ..5 of it. Then ${step} = ${end}`), `${step} = ${end}`)
  t.end()
})
