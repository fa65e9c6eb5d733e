import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'
import { gradedAnswers } from './graded-answers.ts'
import { moreGradedAnswers } from './more-graded-answers.ts'

const wrappings: Readonly<Record<string, (answer: string) => string>> = {
  'on their own': answer => answer,
  'in a box': answer => `After some work we find \\boxed{${answer}}.`,
}

const shared = (...texts: readonly string[]) => new Set(answerKeys(texts)).size === 1

for (const [place, wrapped] of Object.entries(wrappings)) {
  t.test(`answers ${place} share a vote if a grader finds them equal`, async t => {
    for (const [table, share] of [
      [gradedAnswers, 0.95],
      [moreGradedAnswers, 0.85],
    ] as const) {
      const pairs = Object.values(table).flatMap(rows => rows.flatMap(row => combine(row.split(' ~ '))))
      const missed = pairs.filter(([one, other]) => !shared(wrapped(one), wrapped(other)))
      t.ok(missed.length <= (1 - share) * pairs.length, missed.map(pair => pair.join(' | ')).join('\n'))
    }
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
