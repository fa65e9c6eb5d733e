import t from 'tap'
import * as fc from 'fast-check'
import { readGrade } from '../../../../approaches/lib/judging/grade.ts'

t.test('a grade on a line of its own wins over words in prose, which may be about the subject', async t => {
  for (const [text, grade] of [
    ['9\n\nThe speed is right: the rate is 3 mph.', 9],
    ['The match ended with a final score of 4 to 1, as it says.\n9', 9],
    ['Score: 2\nTo get a score of 10, show the steps.', 2],
    ['**Final score:** 7/10 (the rate of 3 is right)', 7],
    ['Bewertung: 8', 8],
    ['评分：6', 6],
  ] as const)
    t.equal(readGrade(text), grade, text)
})

const grades = fc.integer({ min: 0, max: 100 }).map(tenths => tenths / 10)

t.test('reads a grade in every form that judges use', async () => {
  const wordings: readonly ((grade: number) => string)[] = [
    grade => `${grade}`,
    grade => ` ${grade}.\n`,
    grade => `**${grade}**`,
    grade => `${grade}/10`,
    grade => `${grade} / 10`,
    grade => `Score: ${grade}`,
    grade => `score=${grade}/10`,
    grade => `**Grade:** ${grade}`,
    grade => `Rating (0-10): ${grade}`,
    grade => `Score (out of 10): ${grade}`,
    grade => `Score (/10): ${grade}`,
    grade => `I'd give it ${grade === 8 ? 'an' : 'a'} ${grade} out of 10`,
    grade => `On a scale from 0 to 10 I would rate this answer ${grade}.`,
    grade => `{"score": ${grade}}`,
    grade => `\`\`\`json\n{"reason": "2 of 3 steps hold", "score": "${grade}"}\n\`\`\``,
    grade => `There are 2 slips in 14 lines.\n\n${grade}`,
    grade => `${grade}\n\nIt has 2 slips in 14 lines.`,
    grade => `<think>maybe 3/10, or 4</think>${grade}`,
    grade => `Score for style: 2\nOverall score: ${grade}`,
    grade => `${Math.round(grade * 10)}%`,
    grade => `Score: ${Math.round(grade * 10)}/100`,
    grade => `My verdict is ${grade}`,
  ]
  fc.assert(
    fc.property(grades, fc.constantFrom(...wordings), (grade, word) => {
      const read = readGrade(word(grade))
      return read !== undefined && Math.abs(read - grade) < 1e-9
    }),
    { numRuns: 2000 },
  )
})

t.test('reads other scales and a decimal comma', async t => {
  t.equal(readGrade('4/5'), 8)
  t.equal(readGrade('17 out of 20'), 8.5)
  t.equal(readGrade('7,5'), 7.5)
})

t.test('does not guess', async t => {
  for (const text of [
    '',
    'good',
    'Clarity 7, depth 9',
    '11',
    '-3',
    'Score: 85',
    '12/10',
    '3/0',
    '<think>8',
    '1,000',
    'Score: -3',
    '20260',
    'between 0 and 10',
  ]) {
    t.equal(readGrade(text), undefined, text)
  }
})

t.test('is a number from 0 to 10 or undefined, whatever the text', async () => {
  const scraps = fc.constantFrom('Score', ':', ' ', '8', '10', '/', '%', '.', ',', '-', 'out of', '\n', '*')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(scraps).map(parts => parts.join('')),
      ),
      text => {
        const grade = readGrade(text)
        return grade === undefined || (grade >= 0 && grade <= 10)
      },
    ),
    { numRuns: 2000 },
  )
})

t.test('the overall grade wins over its parts, and a range is not a grade', async t => {
  t.equal(readGrade('Correctness: 9\nClarity: 7\nOverall: 8'), 8)
  t.equal(readGrade('The score is between 6 and 7.'), undefined)
})

t.test('a rubric is read by its total, or as the mean of its aspects', async t => {
  for (const [text, grade] of [
    ['- Correctness: 4/5\n- Completeness: 3/5\n- Clarity: 5/5\n- Total: 12/15', 8],
    ['1. **Correctness**: 9/10\n2. **Completeness**: 7/10', 8],
    ['1. Correctness: 9/10\n2. Completeness: 7/10\n\nI would give it a 6.', 6],
    ['- Correctness: 9/10\n- Clarity: 3/10\n\nScore: 7', 7],
    ['- Correctness: 12/10\n- Clarity: 3/10', undefined],
  ] as const)
    t.equal(readGrade(text), grade, text)
})

t.test('a grade may be revised, be a word, or be one in another language', async t => {
  for (const [text, grade] of [
    ['Score: 10/10\n\nOn reflection, the third step is wrong.\n\nRevised score: 3/10', 3],
    ['Score: eight', 8],
    ['Ich gebe 8 von 10 Punkten.', 8],
    ['Je donne 7 sur 10.', 7],
    ['Score: N/A', undefined],
    ['Grade: A', undefined],
  ] as const)
    t.equal(readGrade(text), grade, text)
})

t.test('a word or a count that is only part of a phrase is not a grade', async t => {
  for (const [text, grade] of [
    ['Score: one of the best', undefined],
    ['Rating: two thumbs up', undefined],
    ['Score: eight, for its proof', 8],
    ['Score: nine out of ten', 9],
    ['Rating: **four** points', 4],
    ['I would give it 5 minutes more', undefined],
    ['I would give it a 5 for its proof', 5],
    ['It has 2 mistakes.', undefined],
    ['I would give this answer 2 stars out of 5', 4],
    ['Score: 4 stars out of 5', 8],
    ['4 points / 5', 8],
  ] as const)
    t.equal(readGrade(text), grade, text)
})

t.test('fractions of the subject are not a rubric', async t => {
  t.equal(readGrade('- Probability: 1/6\n- Chance of two: 5/6'), undefined)
  t.equal(readGrade('- First share: 1/5\n- Second share: 3/10'), undefined)
  t.equal(readGrade('- Proof: 15/20\n- Style: 5/20'), 5)
})
