import t from 'tap'
import * as fc from 'fast-check'
import { bareAnswerKey } from '../../src/answers/answer-key.ts'
import { extractAnswer } from '../../src/answers/answer.ts'

t.test('is equal for answers that mean the same', async t => {
  for (const same of [
    [
      '0.5',
      '1/2',
      '.5',
      '0.50',
      '50%',
      '50 percent',
      '\\frac{1}{2}',
      '$\\dfrac{2}{4}$',
      '5e-1',
      'x = 1/2',
      '\\(0.5\\)',
    ],
    [
      '1000',
      '1,000',
      '1000.00',
      '1e3',
      '10^3',
      '10³',
      '$10^{3}$',
      '1\\times 10^{3}',
      '1 x 10^3',
      '10**3',
      '1{,}000',
      '1\\,000',
      '1 000',
      "1'000",
      '1_000',
      '**1000**',
      '*1000*',
      '`1000`',
      '"1000"',
      '“1000”',
      '1000.',
      '1 thousand',
      'x = 1000',
      '= 1000',
      'about 1000',
      '≈ 1000',
      '１０００',
    ],
    ['12', 'twelve', 'Twelve.', '\\text{twelve}'],
    ['42', 'forty-two', 'forty two'],
    ['7/2', '3.5', '3 1/2', '3½', '3\\frac{1}{2}', '\\frac72', '\\tfrac{7}{2}', '350 per cent'],
    ['1.5 million', '1,500,000', '1500 thousand'],
    ['12,34,567', '1,234,567'],
    ['90°', '90^\\circ', '90^{\\circ}', '90 degrees', '90 degree'],
    ['10 cm', '10 centimeters', '10 \\mathrm{~cm}', '10\\text{ cm}', '10.0 centimetre'],
    ['2√3', '2\\sqrt{3}', '2\\sqrt3', '2 * √3'],
    ['√3/2', '\\frac{\\sqrt{3}}{2}', '\\dfrac{√3}{2}'],
    ['3π/4', '\\frac{3\\pi}{4}'],
    ['apples, pears', '- apples\n- pears', '* Apples\n* Pears.'],
    ['No', '**No**\n\nIt is not.'],
    ['2x + 3', '2x+3', '$2 \\cdot x + 3$', '\\(2x+3\\)'],
    ['x^2', 'x²', 'x^{2}', 'x**2'],
    ['x ≤ 5', 'x <= 5', 'x \\le 5', '$x\\leq5$'],
    ['(1, 0.5)', '(1,1/2)', '\\left(1, \\frac{1}{2}\\right)'],
    ['{1, 2}', '{2,1}', '\\{1, 2\\}', '\\{2, 1\\}'],
    ['1, 2, 3', '1,2,3', '1, 2 and 3', '1, 2, and 3'],
    ['x = 3 or x = -2', '3 or -2'],
    ['A and C', 'A, C', '(A), (C)'],
    ['Yes', 'yes.', 'Yes, it is.', 'Yes - 17 is prime.', '**Yes**! 17 has no divisors.'],
    [
      '{"b": 1, "a": [2]}',
      '{ "a": [2], "b": 1 }',
      '```json\n{"a":[2],"b":1}\n```',
      '{"reasoning": "hm", "a": [2], "b": 1}',
    ],
    ['~~~\nlet x\n~~~', '```js\nlet x\n```'],
    ['-3', '−3', '-6/2', '-3.0'],
    ['0', '-0', '0.00', '0/5'],
    ['12 km', '12.0 km', '12km', '12 KM', '12\\,\\text{km}'],
    ['$5', '\\$5', '$5.00', '5 dollars', 'USD 5', '5 USD'],
    ['-$5', '$-5', '-5 dollars'],
    [
      'B',
      '(B)',
      'B)',
      'B.',
      '[B]',
      'B) Paris',
      '(B) Rome',
      '**B**',
      '(b)',
      'Option B',
      'choice (b)',
      '\\textbf{(B) } 12',
    ],
    [
      'Paris',
      'paris.',
      '"Paris"',
      ' PARIS ',
      '**Paris**',
      '*Paris*',
      '- Paris',
      '> Paris',
      '“Paris”',
      '«Paris»',
    ],
    ['São Paulo', 'Sao Paulo'],
    ['the Eiffel tower', 'Eiffel  Tower'],
    ['```js\nlet  x = 1\n\n  y()  \n```', '```\nlet x = 1\n  y()\n```'],
  ]) {
    t.same(new Set(same.map(bareAnswerKey)).size, 1, same.join(' = '))
  }
})

t.test('differs for answers with different meanings', async t => {
  const different = [
    [
      '2',
      '2x',
      '2y',
      '2√3',
      '2√5',
      '2i',
      '2m',
      '2 m',
      '2 h',
      '3!',
      '2π',
      '-2',
      '2^3',
      '2^{-3}',
      '2 (mod 7)',
      '2 (mod 5)',
    ],
    ['2 or 3', '2 and 3', '3 and 2', '(2, 3)', '[2, 3]', '(2, 3]', '2:3', '2 / 0'],
    ['x > 6', 'x ≥ 6', 'x != 6', 'x = 6 or x = 7', 'x - 6', 'x_1', 'x_2', 'f(x) = 2z', 'f(x) = 3z'],
    ['I think so', 'yes', 'no', 'No. 5', 'No. 6', 'maybe', 'A dog', 'A cat', 'A or B', 'A and B'],
    [
      '5 PM',
      '5 AM',
      '6:00 PM',
      '5 days',
      '5 weeks',
      '5 thousand',
      '5 million',
      '5 euros',
      '12,345',
      '12, 345',
    ],
    ['O(n)', 'O(n^2)', 'O(n log n)', 'O(log n)', 'March 5', 'March 6', 'March 5, 2020', 'March 5, 2021'],
    ['\\frac{x+1}{2}', 'x+\\frac{1}{2}', '\\frac{x}{2}', 'sin x', 'cos x', '北京', '上海'],
    [
      '{"a": 1}',
      '{"a": 2}',
      '{"a": 9007199254740993}',
      '{"a": 9007199254740992}',
      '{"b": 1}',
      '{"a": [1, 2]}',
      '{"a": [2, 1]}',
    ],
    ['0', '12', '13', '1/3', '0.333', '-12', '12 km', '12 m', '12%', '$12', '€12', '12/0', '12:30', '12:45'],
    [
      '1,00',
      '10^5',
      '10^6',
      '10^-6',
      '1.2.3',
      '2026-01-02',
      '2026-01-03',
      '10²',
      '102',
      '3-4',
      '34',
      '(3, 4)',
      '(3, 5)',
    ],
    ['A', 'B', 'a', 'Paris', 'x < 5', 'x > 5', 'A. Lincoln', 'A. Einstein', 'A: 12', 'A: 13', ''],
    [
      '```\nx\n```',
      '```\n  x\n```',
      '```y```',
      '9007199254740993',
      '9007199254740992',
      '12 or 13',
      '12 and 13',
    ],
  ].flat()
  const keys = new Map<string, string>()
  for (const answer of different) {
    const key = bareAnswerKey(answer)
    t.equal(keys.get(key), undefined, `${answer} has a key of its own`)
    keys.set(key, answer)
  }
})

t.test('compares numbers by their exact value', async t => {
  const whole = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n })
  const positive = fc.bigInt({ min: 1n, max: 10n ** 6n })
  fc.assert(
    fc.property(whole, positive, positive, (top, bottom, factor) => {
      t.equal(bareAnswerKey(`${top * factor}/${bottom * factor}`), bareAnswerKey(`${top}/${bottom}`))
      t.not(bareAnswerKey(`${top}/${bottom}`), bareAnswerKey(`${top + 1n}/${bottom}`))
      t.equal(bareAnswerKey(top.toLocaleString('en-US')), bareAnswerKey(`${top}.000`))
    }),
  )
})

t.test('reads numbers as models write them', async t => {
  const write = fc.constantFrom<(whole: bigint, decimals: string) => string>(
    (whole, decimals) => `${whole}.${decimals}`,
    (whole, decimals) => `$${whole}.${decimals}0$`,
    (whole, decimals) => `**${whole.toLocaleString('en-US')}.${decimals}**`,
    (whole, decimals) => `\\boxed{${whole.toLocaleString('en-US').replaceAll(',', '{,}')}.${decimals}}`,
    (whole, decimals) => `${whole.toLocaleString('en-US').replaceAll(',', '\u202F')}.${decimals}.`,
    (whole, decimals) => `x = ${whole}${decimals}e-${decimals.length}`,
    (whole, decimals) => `≈ ${whole}${decimals} × 10^{-${decimals.length}}`,
    (whole, decimals) => `\\frac{${whole}${decimals}}{1${'0'.repeat(decimals.length)}}`,
    (whole, decimals) => `${whole} ${decimals}/1${'0'.repeat(decimals.length)}`,
    (whole, decimals) =>
      `${whole}${decimals}${decimals.length === 2 ? '%' : `/1${'0'.repeat(decimals.length)}`}`,
  )
  const decimals = fc.string({ unit: fc.constantFrom(...'123456789'.split('')), minLength: 1, maxLength: 9 })
  const unit = fc.constantFrom('', ' km', ' apples', ' dollars')
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 20n }),
      decimals,
      write,
      write,
      (whole, digits, one, other) => {
        t.equal(
          bareAnswerKey(one(whole, digits)),
          bareAnswerKey(other(whole, digits)),
          `${one(whole, digits)} ${other(whole, digits)}`,
        )
        t.not(bareAnswerKey(one(whole, digits)), bareAnswerKey(other(whole + 1n, digits)))
      },
    ),
    { numRuns: 300 },
  )
  fc.assert(
    fc.property(fc.integer(), unit, fc.integer(), unit, (one, unitOfOne, other, unitOfOther) => {
      const equal = bareAnswerKey(`${one}${unitOfOne}`) === bareAnswerKey(`${other}${unitOfOther}`)
      return equal === (one === other && unitOfOne === unitOfOther)
    }),
  )
})

t.test('never throws, and surrounding blanks do not change the key', async () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.,/-+e%$ '.split('')) })),
      text => {
        return bareAnswerKey(text) === bareAnswerKey(` ${text} `)
      },
    ),
  )
})

t.test('an answer that is too long, also in its plain spelling, is taken as it stands', async t => {
  for (const text of ['a'.repeat(200_001), 'ﷺ'.repeat(20_000)]) t.equal(bareAnswerKey(text), `long:${text}`)
  const digits = '٣'.repeat(200_001)
  t.equal(extractAnswer(digits), digits)
})
