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
