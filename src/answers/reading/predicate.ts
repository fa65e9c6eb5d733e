import { boundIn } from './words/bounds.ts'
import { numbersWithin } from '../numbers/numbers-in.ts'
import { conclusion } from './words/conclusion.ts'
import { being, dividing, existing, measuring, verbAtEnd } from './words/verbs.ts'
import { wordsOf } from './words/phrases.ts'

const longestLine = 200
/** Maximum number of words between a verb of measure and its number: "beträgt der Umfang also 12 cm". */
const farthest = 4
const relation = /[<>≤≥=≠±|]/
/** A ratio or a range of English, in which "to" is not the verb that it is in Polish and Czech: "2 + 3 to 5". */
const range = /(?<![-+*/×·:]\s?\d{0,9})(?<!\d)\d{1,9}\sto\s\d{1,9}$/

/**
 * The number that the only sentence of a line is about, though it has others: the one at its end behind a verb of measure,
 * as in "Nach 5 Jahren beträgt das Guthaben 1.350 €", or the one at its beginning behind "there are", as in "Hay 120 formas
 * de ordenar 5 libros". Undefined if the sentence says several things, sets a condition, or bounds or denies a number.
 */
export function readPredicate(line: string): string | undefined {
  const sentence = sentenceOf(line)
  if (sentence === undefined || range.test(sentence)) return undefined
  const named = readNamedValue(sentence)
  if (named !== undefined || relation.test(line)) return named
  const numbers = [...numbersWithin(sentence)]
  const [first, last] = [numbers[0], numbers.at(-1)]
  if (!first || !last) return undefined
  const end = last.value + last.unit
  const between = wordsOf(sentence.slice(numbers.at(-2)?.end ?? 0, last.at))
  const isOne = numbers.length === 1 || !isDivided(sentence.slice(0, last.at), first.at)
  if (sentence.endsWith(end) && isOne && isSaid(between, sentence.slice(0, last.at))) return end
  const [opening, rest] = [wordsOf(sentence.slice(0, first.at)), sentence.slice(first.end)]
  const isCounted = opening.length > 0 && existing.lengthAt(opening, 0) === opening.length
  return isCounted && numbers.length > 1 && !/,|\s[oóueyi]\s\d/.test(rest) && !dividing.isIn(wordsOf(rest))
    ? first.value + first.unit
    : undefined
}

/** The only sentence of a short line that bounds and denies nothing, without the verb and the full stop at its end. */
function sentenceOf(line: string): string | undefined {
  const sentence = line
    .replace(conclusion, '')
    .replace(/[.!。।]$/, '')
    .replace(verbAtEnd, '')
  return line.length > longestLine || /[.!?;:]\s|[。；]/.test(sentence) || boundIn(line)
    ? undefined
    : sentence
}

/** Whether words say that something is the number behind them; `before` is the text that they end. */
function isSaid(words: readonly string[], before: string): boolean {
  // A verb has a small letter: "World War 2" does not say "was 2", as German does.
  if (being.endsIn(words) && !/\s\p{Lu}\p{L}*\s$/u.test(before)) return true
  const from = Math.max(0, words.length - farthest)
  return words.some((_word, at) => {
    const length = measuring.lengthAt(words, at)
    return length > 0 && at + length >= from
  })
}

/** Whether the subject of a sentence has a conjunction except between two numbers, or a verb before its first number. */
function isDivided(subject: string, firstNumber: number): boolean {
  const before = wordsOf(subject.slice(0, firstNumber))
  const words = wordsOf(subject.replaceAll(/(?<=\d)\s\p{L}{1,4}\s(?=\d)/gu, ' '))
  return dividing.isIn(words) || measuring.isIn(before) || being.endsIn(before)
}

const formula = String.raw`\$([a-z](?:_\{?\w\}?)?\s?=[^$=<>]{1,60})\$`
const joint = String.raw`(?:[,，、]|,?\s\p{L}{1,5}|\s?[和与及或とや]|\s?또는)`
/** Two named values at the end of a sentence, with a comma or a short word of any language between them. */
const namedPair = new RegExp(String.raw`(?<=^|[^\w$])${formula}${joint}\s?${formula}$`, 'iu')
const number = String.raw`([-−]?\d[\d.,/]{0,20})`
const are = '(?:sind|lauten|sont|son|são|sono|zijn|är|er|są|jsou|sunt|είναι|равны|adalah|là)'
const and = '(?:und|et|y|e|en|och|og|i|a|și|και|и|dan|và)'
/** "Les solutions sont 3 et 5." */
const numberPair = new RegExp(String.raw`(?<!\p{L})${are} ${number} ${and} ${number}$`, 'iu')

/** "On trouve $x = 7$": a variable and its value. */
const namedValue =
  /\p{L}{2}[^$]{0,40}\s\$([a-z](?:_\{?\w\}?|\([^()=$]{1,20}\))?\s?=\s?(?:[^$=<>a-z\\]|\\[a-z]{1,8}){1,40})\$$/iu

/** The value of a variable that a sentence ends with; undefined in a clause that has a condition or another relation. */
function readNamedValue(sentence: string): string | undefined {
  const found = namedValue.exec(sentence)
  if (!found) return undefined
  const clause = sentence
    .slice(0, sentence.lastIndexOf('$', sentence.length - 2))
    .split(/,\s/)
    .at(-1)!
  const isConditional = dividing.lengthAt(wordsOf(clause), 0) > 0
  return /[=<>≤≥]|\\[lg]eq?(?![a-z])/.test(clause) || isConditional ? undefined : found[1]
}

/** The two values that the last sentence of a line ends with, as a list; undefined if it has other relations or numbers. */
export function readPair(line: string): string | undefined {
  const sentence = sentenceOf(line)
  for (const pattern of sentence === undefined ? [] : [namedPair, numberPair]) {
    const found = pattern.exec(sentence!)
    if (!found) continue
    return /[=<>≤≥\d]/.test(sentence!.slice(0, found.index)) ? undefined : `${found[1]}, ${found[2]}`
  }
  return undefined
}
