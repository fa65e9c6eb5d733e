import { alternatives } from '../../../src/plugin.ts'

const numbers = [
  'zero one two three four five six seven eight nine ten',
  'null eins zwei drei vier fünf sechs sieben acht neun zehn',
  'zéro un deux trois quatre cinq six sept huit neuf dix',
  'cero uno dos tres cuatro cinco seis siete ocho nueve diez',
  '零 一 二 三 四 五 六 七 八 九 十',
].map(words => words.split(' '))
/** Not null: JSON and prose have it for nothing at all. */
const numberWord = `(${numbers
  .flat()
  .filter(word => word !== 'null')
  .join('|')})`
/** Only words for a grade: a note or a mark may be a remark, and what is overall may be the subject. */
const labels = alternatives(
  'score|grade|rating|bewertung|puntuaci[oó]n|calificaci[oó]n|оценка',
  '评分|得分|分数|スコア',
)
const foreignOf = alternatives('von', 'sur', 'de')
const outOfTen = String.raw`\s${alternatives('out of', foreignOf)}\s${alternatives('ten', 'zehn', 'dix', 'diez')}`
const unit = String.raw`${alternatives('points?', 'stars?', 'marks?')}\b`
const end = String.raw`(?=\s{0,3}(?:$|[^\p{L}\d\s]|out of\b|${foreignOf}\s\d|${unit}|分))`
const labelled = new RegExp(
  String.raw`(?<=(?<!\p{L})${labels}[*_]{0,2}\s?[:=：]\s?)${numberWord}(?:${outOfTen})?${end}`,
  'gimu',
)
const alone = new RegExp(String.raw`^[^\p{L}\d-]{0,8}${numberWord}(?:${outOfTen}|分)?[^\p{L}\d]{0,8}$`, 'iu')
const stars = /(?:[★⭐]\uFE0F?){1,10}(?:☆\uFE0F?){0,10}/gu

/**
 * Writes a grade in words or stars as figures: `Score: eight`, `评分：八` or `Bewertung: acht`; `Eight out of ten.` or `八分` as
 * the whole text; and the only row of five or ten stars in a text without figures, `★★★★☆`. Other words stay: they may be
 * about the subject.
 */
export function inFigures(text: string): string {
  const [, word] = alone.exec(text.trim()) ?? []
  if (word !== undefined) return figureOf(word)
  const plain = text.replaceAll(labelled, (_found, value: string) => figureOf(value))
  const rows = plain.match(stars) ?? []
  return rows.length === 1 && !/\d/.test(plain) ? plain.replace(stars, countStars) : plain
}

function figureOf(word: string): string {
  return String(Math.max(...numbers.map(words => words.indexOf(word.toLowerCase()))))
}

/** Unchanged without a scale. */
function countStars(row: string): string {
  const hollow = row.match(/☆/gu)?.length ?? 0
  const full = row.match(/[★⭐]/gu)?.length ?? 0
  const all = full + hollow
  return all === 5 || all === 10 ? ` ${full}/${all} ` : row
}
