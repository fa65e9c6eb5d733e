import { withoutThinking } from '../../../src/plugin.ts'

const number = String.raw`(?<![\d.,])(\d{1,4}(?:\.\d{1,6}|,\d{1,2})?)(?!\d|[.,]\d)`
const unit = '(?:points?|stars?|marks?)'
const share = String.raw`(?:\s${unit})?\s{0,3}(?:\/|(?:out\s{1,3}of|von|sur|su|de|из)(?=\s))\s{0,3}${number}`
const suffix = String.raw`(?:${share}|\s?(%))?`
/** Does not match if the number before it counts minutes, mistakes or the like. */
const noCount = String.raw`(?!\s(?:second|minute|hour|day|week|month|year|time|step|error|mistake|slip|flaw|gap|line|word|sentence|reason)s?\b)`

const words =
  'score|grade|rating|overall|mark|note|bewertung|puntuaci[oó]n|calificaci[oó]n|nota|оценка|评分|得分|分数|スコア'
/** A line that begins with a word for a grade, and a mark between the two. */
const labelledLine = new RegExp(
  String.raw`^[^\p{L}\d\n]{0,8}(?:(?:final|overall|my|total|revised|new|corrected|updated)\s)?(?:${words})[^\p{L}\d\n]{0,3}[:=：][^\p{L}\d\n-]{0,8}${number}${suffix}`,
  'gimu',
)
const label = new RegExp(
  String.raw`\b(?:score|grade|rating|rate[sd]?|mark)\b[^\d\n.-]{0,40}${number}${suffix}`,
  'gi',
)
/** "I would give it an 8." */
const given = new RegExp(
  String.raw`\bI(?:['’](?:d|ll)| would| will)? (?:give|award|assign) (?:it|this|the answer|this answer)\b[^\d\n.-]{0,20}${number}${noCount}${suffix}`,
  'gi',
)
/** An aspect of a rubric with its points: "- Clarity: 4/5". */
const aspect = new RegExp(
  String.raw`^[^\p{L}\d\n]{0,4}(?:\d{1,2}[.)]\s)?[^\p{L}\d\n]{0,4}(\p{L}[\p{L} &-]{2,40})[^\p{L}\d\n]{0,3}[:：]\W{0,4}${number}${share}`,
  'gimu',
)
const total = /^(?:grand |overall )?(?:total|sum|gesamt|summe|итого|总分|합계)/iu
const spelled = new RegExp(
  String.raw`(?<=\b(?:score|grade|rating)[*_]{0,2}\s?[:=]\s?)(zero|one|two|three|four|five|six|seven|eight|nine|ten)\b(?=\s{0,3}(?:$|[^\p{L}\d\s]|out of\b|${unit}\b))`,
  'gimu',
)
const numberWords = 'zero one two three four five six seven eight nine ten'.split(' ')
/** The most points of an aspect, one number for all: other fractions are of the subject, such as probabilities. */
const scales: ReadonlySet<string> = new Set(['5', '10', '20', '25', '100'])
const fraction = new RegExp(`${number}${share}`, 'gi')
const alone = new RegExp(String.raw`^[^\p{L}\d-]{0,8}${number}${suffix}[^\p{L}\d]{0,8}$`, 'iu')
const any = new RegExp(String.raw`(-?)${number}${noCount}${suffix}`, 'gi')
const scale =
  /\bbetween \d{1,3} and \d{1,3}\b|\b\d{1,3}\s{0,3}(?:-|–|to|through)\s{0,3}\d{1,3}\b|(?<!\d\s{0,3}|\d\s(?:points?|stars?|marks?)\s)(?:\/|\bout\sof)\s?\d{1,3}\b/gi

/**
 * Reads a grade from 0 to 10 out of a judge's reply: `Score: 8` on a line, JSON, a number alone, `8/10`, `85%`, or a sentence
 * with one number in it. Undefined if there is no grade, if several contradict each other, or if it is out of range.
 */
export function readGrade(text: string): number | undefined {
  // Judges end with their verdict; a scale that they repeat is not a grade.
  const verdict = withoutThinking(text)
    .slice(-4000)
    .replaceAll(/[*_`]/g, '')
    .replaceAll(scale, ' ')
    .replaceAll(spelled, word => String(numberWords.indexOf(word.toLowerCase())))
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
