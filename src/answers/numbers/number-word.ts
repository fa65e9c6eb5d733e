import { fractionText, ratio } from '../value/rational.ts'
import type { Quantity } from './quantity.ts'

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'
const places =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth'
const parts = 'half third quarter fifth sixth seventh eighth ninth tenth'
const values: ReadonlyMap<string, number> = new Map([
  ...small.split(' ').map((word, index) => [word, index] as const),
  ...tens.split(' ').map((word, index) => [word, 10 * (index + 2)] as const),
])
/** Places in a row up to the last one that has no hyphen, by their words. */
const ordinals: ReadonlyMap<string, number> = new Map([
  ...places.split(' ').map((word, index) => [word, index + 1] as const),
  ...tens.split(' ').map((word, index) => [word.replace(/y$/, 'ieth'), 10 * (index + 2)] as const),
])
/** Parts of one, by their words in singular and plural. */
const shares: ReadonlyMap<string, number> = new Map(
  [...parts.split(' ').map((word, index) => [word, index + 2] as const), ['fourth', 4] as const].flatMap(
    ([word, size]) => [
      [word, size],
      [word === 'half' ? 'halves' : `${word}s`, size],
    ],
  ),
)
const scales: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1000],
  ['million', 1e6],
  ['billion', 1e9],
])

/** The place in a row that a word in small letters is, such as `third` and `twenty-first`; undefined for any other text. */
export function ordinalOf(word: string): number | undefined {
  const [, ten = '', one = ''] = /^([a-z]{5,7})[- ]([a-z]{5,7})$/.exec(word) ?? []
  const [tens, ones] = [values.get(ten) ?? 0, ordinals.get(one) ?? 0]
  return tens >= 20 && ones > 0 && ones < 10 ? tens + ones : ordinals.get(word)
}

/** Reads a number written out in English, such as `forty-two`, `two hundred and five` or `two thirds`. */
export function readNumberWord(text: string): Quantity | undefined {
  if (text.length > 60 || !/^[a-z][a-z -]+$/i.test(text)) return undefined
  const words = text.toLowerCase()
  const whole = valueOf(words)
  const value = whole === undefined ? shareOf(words) : `${whole}/1`
  return value === undefined ? undefined : { magnitude: value, value, unit: '' }
}

/** "Half", "a third" and "two thirds"; a third without a count is the third of a row. */
function shareOf(words: string): string | undefined {
  const [, count = '', part = ''] = /^(?:([a-z]{1,9})[- ])?([a-z]{4,8})$/.exec(words) ?? []
  const size = shares.get(part)
  const times = /^(?:an?|one)$/.test(count) || part === 'half' ? 1 : values.get(count)
  if (size === undefined || times === undefined || (part === 'half' && !/^(?:|an?|one)$/.test(count)))
    return undefined
  return fractionText(ratio(BigInt(times), BigInt(size))!)
}

function valueOf(words: string): number | undefined {
  const [, count = '', scale = '', , rest] =
    /^(an?|[a-z]{3,9}(?:[- ][a-z]{3,5})?)\s(hundred|thousand|million|billion)(\s(?:and\s)?(.{3,20}))?$/.exec(
      words,
    ) ?? []
  if (scale === '') return belowHundred(words)
  const [times, more] = [
    /^an?$/.test(count) ? 1 : belowHundred(count),
    rest === undefined ? 0 : valueOf(rest),
  ]
  if (times === undefined || more === undefined || times === 0 || (scale === 'hundred' && times > 9))
    return undefined
  return times * scales.get(scale)! + more
}

function belowHundred(words: string): number | undefined {
  const [, first = '', second] = /^([a-z]{3,9})(?:[- ]([a-z]{3,5}))?$/.exec(words) ?? []
  const value = values.get(first)
  const ones = second === undefined ? 0 : values.get(second)
  if (value === undefined || ones === undefined) return undefined
  return second !== undefined && (value < 20 || ones < 1 || ones > 9) ? undefined : value + ones
}
