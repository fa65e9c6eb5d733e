import t from 'tap'
import type { AnswerKey } from '../../src/answers/answer-key.ts'
import { answerKeys, keysOfAnswers, readAnswer } from '../../src/answers/answer-keys.ts'
import { gradedAnswers } from './graded-answers.ts'
import { moreGradedAnswers } from './more-graded-answers.ts'

const r = String.raw
const wrappings: Readonly<Record<string, (answer: string) => string>> = {
  'on their own': answer => answer,
  'in a box': answer => `After some work we find \\boxed{${answer}}.`,
}

/** Pairs that a grader finds equal and that do not share a vote yet. */
const knownMisses: readonly string[] = [
  r`i | i^5`,
  r`1+2i, 1-2i | 1-2i, 1+2i`,
  r`(0, 2) \cup (1, 3) | (0, 3)`,
  r`\{1,2\} \cap \{2,3\} | \{2\}`,
  r`-2021, 2021 | 2021 \text{ and } -2021`,
  r`\mathbb{Z} | all integers`,
  r`ℤ | all integers`,
  r`\sqrt[3]{x^2} | x^{2/3}`,
  r`\sqrt[3]{x^2} | x^{\frac{2}{3}}`,
  r`0.\overline{3} | 0.333\ldots`,
  r`0.\overline{3} | 0.333...`,
  r`1/3 | 0.333\ldots`,
  r`1/3 | 0.333...`,
  r`0.333\ldots | 0.333...`,
  r`\left\lceil \log_2 n \right\rceil | ⌈log_2(n)⌉`,
  r`\left\lceil \log_2 n \right\rceil | \lceil \log_2(n) \rceil`,
  r`⌈log_2(n)⌉ | \lceil \log_2(n) \rceil`,
  r`2^{\gcd(m,n)} - 1 | 2^{\gcd(n, m)}-1`,
  r`\mathbb{R} \setminus \{-1, 3\} | x \neq -1, 3`,
  r`\mathbb{R} \setminus \{-1, 3\} | x ≠ -1 and x ≠ 3`,
  r`x \neq -1, 3 | x ≠ -1 and x ≠ 3`,
  r`AB_{16} | (AB)_{16}`,
  r`(AB)_{16} | AB_16`,
  r`O(V + E) | O(|V| + |E|)`,
]

/** The answers that were read: every text is compared with hundreds of others. */
const answers = new Map<string, AnswerKey>()
const shared = (...texts: readonly string[]) => new Set(keysOfAnswers(texts.map(read))).size === 1

for (const [place, wrapped] of Object.entries(wrappings)) {
  t.test(`answers ${place} share a vote if a grader finds them equal, but for the known misses`, async t => {
    const missed = [gradedAnswers, moreGradedAnswers]
      .flatMap(table => Object.values(table).flat())
      .flatMap(row => combine(row.split(' ~ ')))
      .filter(([one, other]) => !shared(wrapped(one), wrapped(other)))
      .map(pair => pair.join(' | '))
    t.strictSame(missed.toSorted(), knownMisses.toSorted())
  })

  t.test(`answers ${place} that a grader tells apart never share a vote`, async t => {
    for (const rows of [gradedAnswers, moreGradedAnswers].flatMap(table => Object.values(table))) {
      const merged = combine(rows).flatMap(([one, other]) =>
        one
          .split(' ~ ')
          .flatMap(left => other.split(' ~ ').map(right => [left, right] as const))
          .filter(([left, right]) => shared(wrapped(left), wrapped(right))),
      )
      t.same(merged, [])
    }
  })
}

t.test('i is a variable beside j or k, and the imaginary unit elsewhere', async t => {
  t.ok(shared('(1+i)(1-i)', '2'))
  t.notOk(shared('3i+4j+i^2 k', '3i+4j-k'))
  t.notOk(shared('i', '-i'))
  t.notOk(shared('1+i', '1'))
  t.notOk(shared('1 + 0.0000001i', '1'))
})

t.test('a rounding function is not compared at points where it is constant', async t => {
  for (const [one, other] of [
    ['⌊n/2⌋', '⌊n/3⌋'],
    ['⌊n/2⌋', '0'],
    ['⌊x⌋', '⌈x⌉'],
    ['⌊√n⌋', '⌊√(n+1)⌋'],
    ['⌊n/2⌋ + √n', '⌊n/3⌋ + √n'],
  ] as const)
    t.notOk(shared(one, other), `${one} and ${other}`)
  t.ok(shared('2⌊n/2⌋ + 1', '⌊n/2⌋ + 1 + ⌊n/2⌋'))
})

t.test('degrees count as radians only if an answer says that it has radians', async t => {
  t.notOk(shared('90°', 'π/2'))
  t.equal(new Set(answerKeys(['90°', 'π/2', 'π/2 rad'])).size, 1)
  t.notOk(shared('90°', 'π/3 rad'))
})

t.test('an exponent of -1 turns a function around, and other exponents are powers', async t => {
  t.ok(shared(String.raw`\tan^{-1}(2)`, String.raw`\arctan 2`))
  t.notOk(shared(String.raw`\tan^{-1}(2)`, String.raw`\frac{1}{\tan 2}`))
  t.ok(shared(String.raw`\tan^{2}(2)`, String.raw`(\tan 2)^2`))
})

function combine<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((left, at) => items.slice(at + 1).map(right => [left, right] as const))
}

function read(text: string): AnswerKey {
  const answer = answers.get(text) ?? readAnswer(text)
  answers.set(text, answer)
  return answer
}
