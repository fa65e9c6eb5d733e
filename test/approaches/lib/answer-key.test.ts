import t from 'tap'
import * as fc from 'fast-check'
import { answerKeyOf } from '../../../approaches/lib/answer-key.ts'

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
    ['1000', '1,000', '1000.00', '1e3', '**1000**', '`1000`', '"1000"', '1000.'],
    ['-3', '−3', '-6/2', '-3.0'],
    ['0', '-0', '0.00', '0/5'],
    ['12 km', '12.0 km', '12km', '12 KM', '12\\,\\text{km}'],
    ['$5', '\\$5', '$5.00'],
    ['B', '(B)', 'B)', 'B.', '[B]', 'B) Paris', '(B) Rome', '**B**'],
    ['Paris', 'paris.', '"Paris"', ' PARIS ', '**Paris**'],
    ['the Eiffel tower', 'Eiffel  Tower'],
    ['```js\nlet  x = 1\n\n  y()  \n```', '```\nlet x = 1\n  y()\n```'],
  ]) {
    t.same(new Set(same.map(answerKeyOf)).size, 1, same.join(' = '))
  }
})

t.test('differs for answers that do not', async t => {
  const different = [
    ['0', '12', '13', '1/3', '0.333', '-12', '12 km', '12 m', '12%', '$12', '€12', '12/0', '12:30', '12:45'],
    [
      '1,00',
      '10^5',
      '10^6',
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
    const key = answerKeyOf(answer)
    t.equal(keys.get(key), undefined, `${answer} has a key of its own`)
    keys.set(key, answer)
  }
})

t.test('compares numbers by their exact value', async t => {
  const whole = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n })
  const positive = fc.bigInt({ min: 1n, max: 10n ** 6n })
  fc.assert(
    fc.property(whole, positive, positive, (top, bottom, factor) => {
      t.equal(answerKeyOf(`${top * factor}/${bottom * factor}`), answerKeyOf(`${top}/${bottom}`))
      t.not(answerKeyOf(`${top}/${bottom}`), answerKeyOf(`${top + 1n}/${bottom}`))
      t.equal(answerKeyOf(top.toLocaleString('en-US')), answerKeyOf(`${top}.000`))
    }),
  )
})

t.test('gives one key to a key’s own spelling of text, and none fails', async () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.,/-+e%$ '.split('')) })),
      text => {
        return answerKeyOf(text) === answerKeyOf(` ${text} `)
      },
    ),
  )
})
