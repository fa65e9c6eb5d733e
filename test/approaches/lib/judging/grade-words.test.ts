import t from 'tap'
import { readGrade } from '../../../../approaches/lib/judging/grade.ts'

t.test('grades in words and stars are read, alone or behind their label', async t => {
  for (const [text, grade] of [
    ['eight', 8],
    ['Eight out of ten.', 8],
    ['Score: eight out of ten', 8],
    ['acht', 8],
    ['Acht von zehn', 8],
    ['Bewertung: acht', 8],
    ['8 von zehn', 8],
    ['huit sur dix', 8],
    ['八分', 8],
    ['评分：八', 8],
    ['★★★★☆', 8],
    ['Rating: ⭐⭐⭐⭐⭐', 10],
    ['⭐️⭐️⭐️⭐️☆', 8],
    ['★★★★', undefined],
    ['One step is missing.', undefined],
    ['Un pas manque.', undefined],
    ['一步是错的。', undefined],
  ] as const)
    t.equal(readGrade(text), grade, text)
})

t.test('words and stars beside a grade, or about the subject, are not read', async t => {
  for (const [text, grade] of [
    ['null', undefined],
    ['Score: null', undefined],
    ['score: 8\nnote: null', 8],
    ['Score: 7\n\nNote: one, the sign.', 7],
    ['Note: six, seven and eight agree.\nGrade 9', 9],
    ['Score: 9\nOverall: zero.', 9],
    ['Puntuación: uno de los mejores', undefined],
    ['The solution says\n\nSeven\n\nThat is right, but unclear.', undefined],
    ['dos\nbueno', undefined],
    ['⭐⭐⭐⭐⭐ 7', 7],
    ['Clarity ★★★★★\nDepth ★★☆☆☆', undefined],
  ] as const)
    t.equal(readGrade(text), grade, text)
})
