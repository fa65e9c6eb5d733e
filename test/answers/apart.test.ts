import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'

const r = String.raw

/** Pairs of different answers, by the rule that keeps them apart. */
const apart: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'an exclamation mark behind a variable or a bracket is a factorial': [
    ['n!', 'n'],
    ['(n-1)!', 'n-1'],
    ['2n!', '2n'],
    ['n(n-1)!', 'n(n-1)'],
    ['3!!', '720'],
    ['3!!', '3'],
    [r`\boxed{n!}`, r`\boxed{n}`],
  ],
  'a letter in a name or with a mark is no choice': [
    ['C++', 'C'],
    ['C#', 'C'],
    ['F#', 'F'],
    ['B+', 'B'],
    ['Vitamin C', 'C'],
    ['Hepatitis B', 'B'],
    ['La bonne réponse est la vitamine C.', 'C'],
  ],
  'a verdict with a condition is not the verdict': [
    ['Yes', 'Yes, but only if x > 0'],
    ['Answer: Yes', 'Answer: Yes, but only if x > 0'],
    ['**Yes**', '**Yes**, if n is even'],
    ['Yes', 'So yes, unless n = 2.'],
    ['Sí', 'Sí, pero solo si x > 0.'],
  ],
  'one of two words is not both': [
    ['A or B', 'A and B'],
    ['red or blue', 'red and blue'],
  ],
  'an expression with pieces is no number and no other expression that it equals on some of them': [
    ['|x-2|+|x+2|', '4'],
    ['|x-3|+x', '3'],
    [r`x+\sqrt{x^2-10x+25}`, '5'],
    ['|x-2|+|x-3|', '|2x-5|'],
    [r`\sqrt{(x-2)^2}+\sqrt{(x-3)^2}`, r`\sqrt{(2x-5)^2}`],
    ['|x-30|+|x-31|', '|2x-61|'],
    ['|x+y|', '|x|+|y|'],
    ['|x - y|', '||x| - |y||'],
    ['|a+b+c|', '|a|+|b|+|c|'],
    [r`\sqrt{(x-2)^2}`, '2-x'],
    [r`\arccos(\cos x)`, '|x|'],
  ],
  'numbers that agree in ten digits are not equal': [
    ['12345678901i', '12345678902i'],
    ['√99999999999', '√99999999998'],
    [r`\log_{10}(1000000001)`, '9'],
    [r`\ln(99999999)`, r`\ln(99999998)`],
    [r`\tanh(11)`, '1'],
    [r`\cos(0.00001)`, '1'],
    [r`\cos(x/10000000)`, '1'],
  ],
  'units that differ by their case alone are different units': [
    ['2 H', '2 h'],
    ['2 H', '120 min'],
    ['0.5 M', '50 cm'],
    ['1 S', '1 second'],
    ['5 G', '5 g'],
    ['10 Mb/s', '10 MB/s'],
    ['10 Mbps', '10 MBps'],
    ['3 MeV', '3 meV'],
    ['1 Mg', '1 mg'],
    ['10 Ms', '10 ms'],
    ['2 MA', '2 mA'],
    ['5 ML', '5 mL'],
    ['5 Mm', '5 mm'],
    ['5 Mmol', '5 mmol'],
    [r`\boxed{2\ \text{H}}`, r`\boxed{2\ \text{h}}`],
  ],
  'a tilde in front of a statement denies it': [
    ['~p', 'p'],
    ['~p ∨ q', 'p ∨ q'],
    [r`\boxed{~p \land q}`, r`\boxed{p \land q}`],
    [r`p \to ~q`, r`p \to q`],
    [r`\sim p`, 'p'],
  ],
  'a product of vectors or matrices depends on its sign and order': [
    ['u × v', 'u · v'],
    ['a × b', 'b × a'],
    [r`\vec{a}\times\vec{b}`, r`\vec{a}\cdot\vec{b}`],
    [r`\mathbf{a}\times\mathbf{b}`, r`\mathbf{a}\cdot\mathbf{b}`],
    ['A*B', 'B*A'],
  ],
  'i as an index is not the imaginary unit': [
    ['i(i+1)/2', '(i-1)/2'],
    ['O(i^2)', 'O(-1)'],
    ['n + i^2', 'n - 1'],
    ['a_i i^2', '-a_i'],
  ],
}

/** Pairs of equal answers that these rules must leave together. */
const together: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'an exclamation mark behind a word is punctuation': [
    ['Paris!', 'Paris'],
    ['Yes!', 'yes'],
    ['No!', 'no'],
    ['北京!', '北京'],
    ['Option B!', 'B'],
    ['The answer is 12.', '12'],
    ['n!', '(n)!'],
    ['5!', '120'],
  ],
  'a verdict with an explanation is the verdict': [
    ['Yes', 'Yes, it is'],
    ['Yes', 'Yes, 17 is prime, as you see if you check.'],
    ['Sí', 'Sí, es primo.'],
  ],
  'expressions with pieces are equal in other words': [
    ['|x-2|', '|2-x|'],
    [r`\sqrt{x^2}`, '|x|'],
    [r`\sqrt{8x}`, r`2\sqrt{2x}`],
    [r`\sqrt{4x^2+4}`, r`2\sqrt{x^2+1}`],
    [r`\sqrt{x^2+144}`, r`\sqrt{144+x^2}`],
  ],
  'constants are the simple numbers that they equal': [
    ['(1+i)(1-i)', '2'],
    [r`e^{i\pi}`, '-1'],
    ['(2+i)^2', '3+4i'],
    [r`\frac{5}{3+i}`, '1.5-0.5i'],
    [r`\log_{10}(100000000)`, '8'],
    [r`\cos^2 x + \sin^2 x`, '1'],
  ],
  'units in other cases are the same if none other is written so': [
    ['12 KM', '12 km'],
    ['5 MW', '5000 kW'],
    ['5 Hours', '5 HOURS'],
    ['5 kWh', '5 KWH'],
    ['20 °C', '20 degrees C'],
    ['5 LBS', '5 lbs'],
    ['5 KB', '5 kB'],
    ['5 кг', '5 КГ'],
  ],
  'a tilde is a blank between a number and its unit, and a sign of multiplication one between numbers': [
    [r`5 \mathrm{~m}`, '5 m'],
    [r`10~\text{cm}`, '10 cm'],
    ['~5', '5'],
    ['~p', r`\neg p`],
    [r`2 \times x`, '2x'],
    [r`\pi \times r^2`, r`\pi r^2`],
    ['1.5 × 10^3', '1500'],
  ],
  'the order of alternatives does not count': [
    ['A or B', 'B or A'],
    ['red or blue', 'blue or red'],
    ['x = 2 or x = 3', '3 or 2'],
  ],
}

for (const [rule, pairs] of Object.entries(apart)) {
  t.test(rule, async t => {
    for (const pair of pairs) t.equal(new Set(answerKeys(pair)).size, 2, pair.join(' | '))
  })
}

for (const [rule, pairs] of Object.entries(together)) {
  t.test(rule, async t => {
    for (const pair of pairs) t.equal(new Set(answerKeys(pair)).size, 1, pair.join(' | '))
  })
}

t.test('a text that repeats itself is read without an error', async t => {
  for (const word of [
    '万',
    '億',
    'million ',
    '千',
    '(',
    '[',
    '{',
    '√',
    '-',
    '!',
    '$',
    '%',
    '\\frac',
    '(a) ',
    '"',
    '“',
    '1 ',
    '1,',
  ])
    for (const text of [
      `1${word.repeat(5000)}`,
      `${word.repeat(20_000)}1`,
      r`\boxed{1 ${word.repeat(5000)}}`,
    ])
      t.equal(answerKeys([text, '1', '1']).length, 3, JSON.stringify(word))
})
