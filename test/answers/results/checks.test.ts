import t from 'tap'
import { answerKeys } from '../../../src/answers/answer-keys.ts'

const shared = (one: string, other: string): boolean => new Set(answerKeys([one, other])).size === 1

t.test('a sentence that checks the answer does not replace it', async t => {
  const checks = [
    'So x = 9. Verify: 2 * 9 + 3 = 21.',
    'x = 9. Indeed, 2 * 9 + 3 = 21.',
    "x = 9. Let's check: 18 + 3 = 21 ✓",
    'We get x = 9. To verify, 2 * 9 + 3 = 21.',
    'x = 9\n\nTo verify, 2 * 9 + 3 = 21.',
    'x = 9\n\nLet’s check: 18 + 3 = 21.',
    'x = 9 since 2 * 9 + 3 = 21.',
    'x = 9, because 2 * 9 + 3 = 21.',
  ]
  for (const text of checks) t.ok(shared('x = 9', text), text)
  const others: readonly (readonly [answer: string, text: string])[] = [
    ['7', 'First we check: 3 + 4 = 7.'],
    ['7', 'You should check it again, but 3 + 4 = 7.'],
    ['(D)', 'We can check that x = 1 or x = 2. The answer is (D).'],
    ['x = 3', 'We know x > 0 since x = |y|, so x = 3.'],
  ]
  for (const [answer, text] of others) t.ok(shared(answer, text), text)
})

t.test('a result that checks a value, or is one of several, is not the answer', async t => {
  const pairs: readonly (readonly [one: string, other: string])[] = [
    ['x = 9 works. 2 * 9 + 3 = 21', 'x = 8 works. 2 * 8 + 5 = 21'],
    [
      'The sum is 3 + 4 = 7. The difference is 4 - 3 = 1.',
      'The sum is 5 + 4 = 9. The difference is 5 - 4 = 1.',
    ],
    ['Mean = 12 / 4 = 3. Variance = 10 / 4 = 2.5.', 'Mean = 16 / 4 = 4. Variance = 10 / 4 = 2.5.'],
    [
      'She earns $18 per day. Her expenses are 2*3 = $6.',
      'She earns $20 per day. Her expenses are 2*3 = $6.',
    ],
    [
      'There are 2 solutions. From the first, we get x = 4.',
      'There are 3 solutions. From the first, we get x = 4.',
    ],
    ['The probability is 3 / 12 = 0.25 or less', 'The probability is 3 / 12 = 0.25'],
  ]
  for (const [one, other] of pairs) t.notOk(shared(one, other), one)
  for (const text of ['12 / 4 = 3. 3 + 1 = 4.', '2 * 5 = 10. So 10 - 6 = 4 remain.'])
    t.ok(shared('4', text), text)
})

t.test('the last of several letters that lines begin with is not chosen', async t => {
  t.notOk(shared('A. 2 * 4 = 8\nB. 3 * 4 = 12', 'A. 2 * 5 = 10\nB. 3 * 4 = 12'))
  t.notOk(shared('(F) is wrong because of x.\n(G) is wrong because', '(G)'))
  t.notOk(shared('A) Paris\nB) Rome', 'B'))
  t.ok(shared('Of A and B, the second is right:\nB. Rome', 'B'))
})
