import t from 'tap'
import * as fc from 'fast-check'
import { bareAnswerKey } from '../../src/answers/answer-key.ts'
import { valueOf } from '../../src/answers/value/index.ts'
import { parseExpression } from '../../src/answers/value/parse.ts'

type Point = Readonly<Record<string, number>>

/** A random expression: its text, an equal one in other words, and its value. */
interface Term {
  readonly text: string
  readonly other: string
  readonly at: (point: Point) => number
}

const leaf: fc.Arbitrary<Term> = fc.oneof(
  fc.integer({ min: 2, max: 9 }).map(n => ({ text: `${n}`, other: `\\frac{${2 * n}}{2}`, at: () => n })),
  fc
    .constantFrom('x', 'y', 'n')
    .map(name => ({ text: name, other: `(${name})`, at: (point: Point) => point[name]! })),
  fc.constant({ text: '\\pi', other: 'π', at: () => Math.PI }),
)
const { term } = fc.letrec<{ term: Term }>(tie => ({
  term: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.tuple(tie('term'), tie('term')).map(([a, b]) => ({
      text: `(${a.text}+${b.text})`,
      other: `(${b.other} + ${a.other})`,
      at: (point: Point) => a.at(point) + b.at(point),
    })),
    fc.tuple(tie('term'), tie('term')).map(([a, b]) => ({
      text: `(${a.text}-${b.text})`,
      other: `(-1*${b.other}+${a.other})`,
      at: (point: Point) => a.at(point) - b.at(point),
    })),
    fc.tuple(tie('term'), tie('term')).map(([a, b]) => ({
      text: `${a.text}*${b.text}`,
      other: `(${b.other})\\cdot(${a.other})`,
      at: (point: Point) => a.at(point) * b.at(point),
    })),
    tie('term').map(a => ({
      text: `(${a.text})^2`,
      other: `(${a.other})(${a.other})`,
      at: (point: Point) => a.at(point) ** 2,
    })),
    tie('term').map(a => ({
      text: `\\sqrt{${a.text}}`,
      other: `\\sqrt{4*(${a.other})}/2`,
      at: (point: Point) => Math.sqrt(a.at(point)),
    })),
  ),
}))
const points = [
  { x: 1.37, y: 2.91, n: 0.61 },
  { x: 0.23, y: 1.19, n: 3.3 },
]
/** CI and authors may ask for more. */
const numRuns = Number(process.env.HULUMANAGE_TEST_EXPRESSIONS ?? 2000)

t.test('equal expressions share a key', async t => {
  let joined = 0
  let read = 0
  fc.assert(
    fc.property(term, ({ text, other }) => {
      const key = bareAnswerKey(text)
      if (!/^(?:value|number)/.test(key)) return
      read++
      if (key === bareAnswerKey(other)) joined++
    }),
    { numRuns, seed: 11 },
  )
  t.ok(joined >= read * 0.9, `${joined} of ${read} met`)
  t.ok(read >= numRuns * 0.5, `${read} of ${numRuns} were read`)
})

t.test('different expressions never share a key', async () => {
  fc.assert(
    fc.property(term, term, (one, other) => {
      if (bareAnswerKey(one.text) !== bareAnswerKey(other.text)) return true
      return points.every(point => close(one.at(point), other.at(point)))
    }),
    { numRuns },
  )
})

t.test('different expressions never have one value', async () => {
  const valueKey = (text: string): string => JSON.stringify(valueOf(text)) ?? text
  fc.assert(
    fc.property(term, term, (one, other) => {
      if (valueKey(one.text) !== valueKey(other.text)) return true
      return points.every(point => close(one.at(point), other.at(point)))
    }),
    { numRuns: 10 * numRuns },
  )
})

t.test('a change to an expression changes its key', async () => {
  fc.assert(
    fc.property(term, fc.integer({ min: 1, max: 99 }), ({ text }, n) => {
      return bareAnswerKey(`${text}+${n}`) !== bareAnswerKey(`${text}+${n + 1}`)
    }),
    { numRuns },
  )
})

t.test('an ambiguous text has no value', async t => {
  for (const text of ['1/2x', 'f(2)', 'x2', 'sin 2x', '2 3', 'x_', '(', '√', '2^', '\\log_']) {
    t.equal(parseExpression(text), undefined, text)
  }
})

function close(left: number, right: number): boolean {
  if (Number.isNaN(left) || Number.isNaN(right)) return true
  return Math.abs(left - right) <= 1e-8 * Math.max(Math.abs(left), Math.abs(right), 1e-3)
}
