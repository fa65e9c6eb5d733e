import { alternatives, withoutThinking } from '../../../src/plugin.ts'
import { inFigures } from './grade-words.ts'

const decimals = alternatives(String.raw`\.\d{1,6}`, String.raw`,\d{1,2}`)
const number = String.raw`(?<![\d.,])(\d{1,4}${decimals}?)(?!\d|[.,]\d)`
const unit = alternatives('points?', 'stars?', 'marks?')
const outOf = alternatives(
  String.raw`\/`,
  String.raw`${alternatives(String.raw`out\s{1,3}of`, 'von', 'sur', 'su', 'de', 'из')}(?=\s)`,
)
const share = String.raw`(?:\s${unit})?\s{0,3}${outOf}\s{0,3}${number}`
const suffix = String.raw`(?:${share}|\s?(%))?`
const pointsPattern = `${number}${suffix}`
/** Nouns that a number may count. */
const counted = alternatives(
  'second|minute|hour|day|week|month|year|time',
  'step|error|mistake|slip|flaw|gap|line|word|sentence|reason',
)
/** Does not match if the number before it counts minutes, mistakes or the like. */
const noCount = String.raw`(?!\s${counted}s?\b)`
/** A character of a line that is neither a letter nor a digit, such as a bullet, a quote or a space. */
const mark = String.raw`[^\p{L}\d\n]`

const grades = alternatives(
  'score|grade|rating|overall|mark|note|bewertung|puntuaci[oó]n|calificaci[oó]n|nota|оценка',
  '评分|得分|分数|スコア',
)
const whichOne = alternatives('final', 'overall', 'my', 'total', 'revised', 'new', 'corrected', 'updated')
/** A line that begins with a word for a grade, and a mark between the two. */
const labelledLine = new RegExp(
  String.raw`^${mark}{0,8}(?:${whichOne}\s)?${grades}${mark}{0,3}[:=：][^\p{L}\d\n-]{0,8}${pointsPattern}`,
  'gimu',
)
const labels = alternatives('score', 'grade', 'rating', 'rate[sd]?', 'mark')
const label = new RegExp(String.raw`\b${labels}\b[^\d\n.-]{0,40}${pointsPattern}`, 'gi')
const would = alternatives(`['’]${alternatives('d', 'll')}`, ' would', ' will')
const it = alternatives('it', 'this', 'the answer', 'this answer')
/** "I would give it an 8." */
const given = new RegExp(
  String.raw`\bI${would}? ${alternatives('give', 'award', 'assign')} ${it}\b[^\d\n.-]{0,20}${number}${noCount}${suffix}`,
  'gi',
)
const listNumber = String.raw`(?:\d{1,2}[.)]\s)?`
const aspectName = String.raw`(\p{L}[\p{L} &-]{2,40})`
/** An aspect of a rubric with its points: "- Clarity: 4/5". */
const aspect = new RegExp(
  String.raw`^${mark}{0,4}${listNumber}${mark}{0,4}${aspectName}${mark}{0,3}[:：]\W{0,4}${number}${share}`,
  'gimu',
)
const total = /^(?:grand |overall )?(?:total|sum|gesamt|summe|итого|总分|합계)/iu
/** The most points of an aspect, one number for all: other fractions are of the subject, such as probabilities. */
const scales: ReadonlySet<string> = new Set(['5', '10', '20', '25', '100'])
const fraction = new RegExp(`${number}${share}`, 'gi')
const alone = new RegExp(String.raw`^[^\p{L}\d-]{0,8}${pointsPattern}[^\p{L}\d]{0,8}$`, 'iu')
const any = new RegExp(String.raw`(-?)${number}${noCount}${suffix}`, 'gi')
/** A scale: "between 0 and 10", "0 to 10", or "out of 10" without points before it. */
const scale = new RegExp(
  [
    String.raw`\bbetween \d{1,3} and \d{1,3}\b`,
    String.raw`\b\d{1,3}\s{0,3}${alternatives('-', '–', 'to', 'through')}\s{0,3}\d{1,3}\b`,
    String.raw`(?<!\d\s{0,3}|\d\s${unit}\s)(?:\/|\bout\sof)\s?\d{1,3}\b`,
  ].join('|'),
  'gi',
)

/**
 * Reads a grade from 0 to 10 out of a judge's reply: `Score: 8` on a line, JSON, a number alone, `8/10`, `85%`, a sentence with
 * one number in it, or words and stars as `inFigures` reads them. Undefined if there is no grade, if several contradict each
 * other, or if it is out of range.
 */
export function readGrade(text: string): number | undefined {
  // Judges end with their verdict; a scale that they repeat is not a grade.
  const plain = withoutThinking(text).slice(-4000).replaceAll(/[*_`]/g, '')
  const verdict = inFigures(plain).replaceAll(scale, ' ')
  const onLine = [...verdict.matchAll(labelledLine)].at(-1)
  if (onLine) return gradeOf(onLine)
  const lines = verdict.split('\n').filter(line => line.trim() !== '')
  for (const line of [lines.at(-1), lines[0]]) {
    const match = line === undefined ? null : alone.exec(line.trim())
    if (match) return gradeOf(match)
  }
  // Words in prose may be about the subject: a rate, or the score of a game.
  const labelled = [...verdict.matchAll(label)].at(-1)
  if (labelled) return gradeOf(labelled)
  const gift = [...verdict.matchAll(given)].at(-1)
  if (gift) return gradeOf(gift)
  const aspects = [...verdict.matchAll(aspect)].map(([, name = '', ...points]) => ({
    name,
    of: points[1] ?? '',
    grade: gradeOf(['', ...points]),
  }))
  const summed = aspects.find(({ name }) => total.test(name))
  if (summed) return summed.grade
  const fulls = new Set(aspects.map(({ of }) => of))
  const haveScale = fulls.size === 1 && fulls.isSubsetOf(scales)
  if (aspects.length > 1) return haveScale ? meanOf(aspects.map(({ grade }) => grade)) : undefined
  const fractions = [...verdict.matchAll(fraction)].at(-1)
  if (fractions) return gradeOf(fractions)
  const [only, ...others] = verdict.matchAll(any)
  if (!only || others.length > 0 || only[1] === '-') return undefined
  return gradeOf([only[0], ...only.slice(2)])
}

function gradeOf([, value = '', of, percent]: readonly (string | undefined)[]): number | undefined {
  const points = toNumber(value)
  const full = of === undefined ? (percent ? 100 : 10) : toNumber(of)
  if (full === 0 || points > full) return undefined
  return (points / full) * 10
}

/** Undefined if a grade is missing. */
function meanOf(grades: readonly (number | undefined)[]): number | undefined {
  const known = grades.filter(grade => grade !== undefined)
  return known.length < grades.length
    ? undefined
    : known.reduce((sum, grade) => sum + grade, 0) / known.length
}

function toNumber(text: string): number {
  return Number(text.replace(',', '.'))
}
