import { readPhrase, readSymbol } from './read-unit.ts'
import { symbols } from './table.ts'
import { foreignWords } from './words.ts'

const list = (text: string): readonly string[] => text.split(' ')

/** Words behind a number that the tables of units do not have. */
const counted = new Set(
  list(
    'ton tons gallon gallons cup cups thousand million billion trillion times dozen lei forint peso pesos yuan',
  ),
)
/** Symbols that are words of English. */
const alsoWords = new Set(list('in bar cal rad mi lm cd pm'))
/** Words for units that mean something else in English, and are units only in front of a mark or words of another script. */
const alsoEnglish = new Set(list('let jam tag den ore gun mes rok lat bar bars gray grays mole moles'))
/** Words for units and counters in languages that write without blanks; the longest that fits is taken. */
const unspaced = [
  ...[...foreignWords.keys()].filter(word =>
    /^[\p{Script=Han}\p{Script=Katakana}\p{Script=Hangul}ー]+$/u.test(word),
  ),
  ...list('角 分 元 원 キロ'),
].toSorted((one, other) => other.length - one.length)

/** Letters that a unit may be written in, after a blank at most. */
const run =
  /^\s?([\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}µΩ₽]+|[\p{Script=Arabic}\p{M}]+|[\p{Script=Hebrew}]+|[\p{Script=Devanagari}]+|\p{Script=Thai}+)/u
const sign = /^(?:\s{0,2}°[CF]?(?![\p{L}\d])|\s?[€£¥₽‰](?![\p{L}\d])|\s?\\?%)/u
/** The half of the day behind an hour, but not the German preposition in "5 am Montag". */
const half = /^\s?(?:[ap]\.\s?m\.|[aApP][mM](?![\p{L}\d]))(?!\s\p{Lu})/u
const area = /^\s?(?:square|cubic) \p{L}{3,12}/u
/** "cm²", "m/s^2", "km / h", "千米/时", "dollars per hour". */
const power = /^(?:\^?[23](?!\d)|[²³])/
const quotient = /^(?:\s?\/\s?[\p{L}\p{M}]{1,10}(?:\^?[23]|[²³])?|\sper\s(?:square |cubic )?\p{L}{3,10})/u
/** More words of a phrase such as "kilometer pro Stunde". */
const further = /^(?:[\s'’][\p{L}\p{M}]{1,11}){1,3}/u

/** The unit that follows a number, behind a blank if it is a letter: `3m` would be a product. Empty without a unit. */
export function unitAt(rest: string): string {
  const text = rest.replace(/^\\[,;: ]/, ' ')
  const found = sign.exec(text)?.[0] ?? half.exec(text)?.[0] ?? area.exec(text)?.[0] ?? wordAt(text)
  if (found === '') return ''
  let end = found.length
  for (const pattern of [power, quotient, quotient])
    end += /[\p{L}\p{M}\d²³]$/u.test(text.slice(0, end))
      ? (pattern.exec(text.slice(end))?.[0].length ?? 0)
      : 0
  const unit = text.slice(0, end)
  return /^[a-z]/i.test(unit) ? ` ${unit}` : unit
}

/** The word or words for a unit that a text begins with; empty without. */
function wordAt(text: string): string {
  const [all = '', word = ''] = run.exec(text) ?? []
  if (word === '') {
    const bare = text.replace(/^\s/, '')
    const unit = unspaced.find(unit => bare.startsWith(unit)) ?? ''
    return unit && text.slice(0, text.length - bare.length) + unit
  }
  const behind = text.slice(all.length)
  if (word === 'percentage' && /^ points?(?!\p{L})/u.test(behind)) return `${all} points`
  const more = phraseAt(word, behind)
  if (more !== '') return all + more
  return isUnit(word, behind) && (!/^\d/.test(behind) || power.test(behind)) ? all : ''
}

/** Whether a word behind a number is a unit, with the text behind it. */
function isUnit(word: string, behind: string): boolean {
  const small = word.toLowerCase()
  // "5 jam jars" must not be five hours, nor "5 A grades" a current.
  const isFollowed = /^\s\p{Script=Latin}/u.test(behind)
  if (alsoEnglish.has(small) && isFollowed) return false
  if (alsoWords.has(small)) return false
  if (symbols.has(word)) return !isFollowed || !/^[A-FHKST]$/.test(word)
  const isSymbol = word.length > 1 && readSymbol(word) !== undefined
  return isSymbol || counted.has(small) || readPhrase(small) !== undefined
}

/** If a word begins a phrase that means a unit, the rest of it: " pro Stunde" after "Kilometer". Otherwise empty. */
function phraseAt(word: string, rest: string): string {
  let [more = ''] = further.exec(rest) ?? []
  while (more !== '') {
    if (readPhrase(`${word}${more}`.toLowerCase()) !== undefined) return more
    more = more.slice(0, Math.max(0, more.search(/[\s'’][^\s'’]*$/)))
  }
  return ''
}
