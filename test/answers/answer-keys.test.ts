import t from 'tap'
import * as fc from 'fast-check'
import { answerKeys } from '../../src/answers/answer-keys.ts'

/** Number of different answers. */
function different(...texts: string[]): number {
  return new Set(answerKeys(texts)).size
}

t.test('a bare number counts as the one with a unit, if another answer names it', async t => {
  t.equal(different('The answer is 12.', '12 km', '\\boxed{12}'), 1)
  t.equal(different('12', '12 km', '13 km'), 2)
  t.equal(different('12 km', '12 m'), 2)
  t.equal(different('50', '50%', '0.5', '1/2'), 1)
  t.equal(different('50', '1/2'), 2)
  t.equal(different('50%', '0.5%', '50'), 2)
  t.equal(different('$12', '12', '12 dollars'), 1)
  t.equal(different('3', '3x'), 2, 'algebra is no unit')
})

t.test('bare numbers count as having the most frequent unit', async t => {
  const [km, , , m, bare] = answerKeys(['12 km', '13 m', '12 km', '12 m', '12'])
  t.equal(bare, km)
  t.not(bare, m)
})

t.test('a choice is recognized by its letter or its text, if another answer is the letter alone', async t => {
  t.equal(different('The answer is B.', 'The correct answer is **B. Paris**', 'B: Paris', 'B - Paris'), 1)
  t.equal(different('(B)', 'The answer is B, Paris', 'The answer is Paris.'), 1)
  t.equal(different('B', 'C. Paris', 'C'), 2)
  t.equal(different('A. Lincoln', 'A. Einstein'), 2)
  t.equal(different('A. Lincoln', 'A. Lincoln.'), 1)
})

t.test('the order of answers does not change which are equal', async t => {
  const answer = fc.constantFrom('12', '12 km', '13', '12%', '0.12', 'B', 'B. Paris', 'Paris', 'C. Rome', 'x')
  const shuffled = fc
    .array(answer, { minLength: 1, maxLength: 8 })
    .chain(texts => fc.tuple(fc.constant(texts), fc.shuffledSubarray(texts, { minLength: texts.length })))
  fc.assert(fc.property(shuffled, ([texts, others]) => different(...texts) === different(...others)))
  t.same(answerKeys([]), [])
})

t.test('a rounded number counts as the exact one that also occurs, and only as that', async t => {
  t.equal(different('1/12', '0.083333', '0.0833333333'), 1)
  t.equal(different('\\frac{1}{\\sqrt{2}}', '0.70711'), 1)
  t.equal(different('1/3', '0.33'), 2, 'two places may be another number')
  t.equal(different('1/12', '0.083334'), 2)
  t.equal(different('1/12 km', '0.083333 m'), 2)
  t.equal(different('0.00001', '0.000012', '0.000014'), 3, 'small numbers with few digits')
  t.equal(different('0.00002', '1/60000'), 2)
})

t.test('a name before an approximate value is not the answer', async t => {
  for (const name of ['x_1', 'f(2)', 'P(X > 2)', 't_{1/2}', 'v_{10}'])
    t.equal(different(`\\boxed{${name} \\approx 3.5}`, `\\boxed{${name} \\approx 7.2}`), 2, name)
  t.equal(different('\\boxed{2\\sqrt{3} \\approx 3.46}', '\\boxed{2\\sqrt{3}}'), 1)
  t.equal(different('\\boxed{\\ln(2) + \\pi \\approx 3.83}', '\\boxed{\\ln(2) + \\pi}'), 1)
})

t.test('a power of ten in Chinese, Japanese or Korean counts as such, not as a unit', async t => {
  t.equal(different('5', '5万'), 2)
  t.equal(different('50000', '5万', '5만', '5 thousand'), 2)
  t.equal(different('3億円', '300000000円'), 1)
  t.equal(different('1億2000万円', '120000000円', '1亿2千万円', '1億 2,000万円'), 1)
  t.equal(different('3만 5천 200원', '35200원'), 1)
  t.equal(different('2兆円', '2000000000000円'), 1)
  t.equal(different('2조원', '2000000000000원'), 1)
  t.equal(different('3조', '3000000000000'), 2, 'the third group of people')
  t.equal(different('5兆瓦', '5000000000000瓦'), 2, 'megawatts')
  t.equal(different('3千5万', '3万5千', '1万2', '12'), 4)
  t.equal(different('3千克', '3000克', '3 kg', '3'), 1, 'kilograms')
})

t.test('values count without their names if no other names have them', async t => {
  t.equal(different('x = 3, y = 2', '3, 2', '(3, 2)'), 2, 'a list or a point, whichever occurs first')
  t.equal(different('AB = 4, CD = 5', '4, 5'), 1)
  t.equal(different('x = 3, y = 2', 'y = 3, x = 2', '3, 2'), 3)
  t.equal(different('x_1 = 2, x_2 = 5', '{5, 2}'), 1)
  t.equal(different('|AB| = 5', '5'), 1)
  t.equal(different('V_1:V_2 = 11:21', '11:21'), 1)
})

t.test('a decimal comma counts as such before a unit, or if the number occurs with a point', async t => {
  t.equal(different('12,5 cm', '12.5 cm', '0,125 m', '125 mm'), 1)
  t.equal(different('1.250,50 €', '1250.5 €', '€1,250.50'), 1)
  t.equal(different('2,5', '2.5'), 1)
  t.equal(different('2,5', '2, 5'), 1, 'a list')
  t.equal(different('1,250', '1.25', '1250'), 2)
})

t.test('units are compared by the base units of SI, in several languages', async t => {
  t.equal(different('36 km/h', '10 m/s', '36 km per hour', '36 км/ч'), 1)
  t.equal(different('550 nm', '0.55 µm', '0.00000055 m'), 1)
  t.equal(different('3 Stunden', '3 h', '3시간', '3小时', '180 minutes', '3 часа'), 1)
  t.equal(different('5 mW', '5 MW', '5 W'), 3)
  t.equal(different('2 MJ', '2000 kJ', '2 mJ'), 2)
})

t.test('domains are compared as intervals', async t => {
  t.equal(different('x ≠ 4', 'all real numbers except 4', '(-\\infty, 4) \\cup (4, \\infty)'), 1)
  t.equal(different('all real numbers', '(-\\infty, \\infty)'), 1)
  t.equal(different('0 < f(x) < 1', '(0, 1)'), 1)
})

t.test('the order of a list does not count if another answer is the same set', async t => {
  t.equal(different('{3, 2}', '2, 3', '3, 2', 'x = 2 or x = 3'), 1)
  t.equal(different('2, 3', '3, 2'), 2)
  t.equal(different('(1, 2), (3, 4)', '(3, 4), (1, 2)'), 1, 'points')
})

t.test('labelled parts are compared one by one', async t => {
  t.equal(different('(a) 12 cm (b) 8', '(a) 12 (b) 8 kg', '(a) 12 (b) 8'), 1)
  t.equal(different('(a) 12 cm (b) 8', '(a) 12 m (b) 8'), 2)
  t.equal(different('(a) 12 cm (b) 8', '(1) 12 cm (2) 8'), 2)
})

t.test('the name of a coordinate counts only if the same value occurs under another name', async t => {
  t.strictSame(votes('x = 5', 'x = 5', '5', '5', 'y = 3'), [4, 1])
  t.strictSame(votes('x = 5', 'y = 5', 'x = 5'), [2, 1])
})

/** The sizes of the groups of equal answers, in the order of their first. */
function votes(...answers: readonly string[]): number[] {
  return [...Map.groupBy(answerKeys(answers), key => key).values()].map(({ length }) => length)
}
