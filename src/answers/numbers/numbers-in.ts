import { unitAt } from '../units/unit-at.ts'

/** A number within a sentence. */
export interface NumberWithin {
  readonly value: string
  /** As written after the number; empty without one. */
  readonly unit: string
  /** The position of the first character. */
  readonly at: number
  /** The position after the unit. */
  readonly end: number
}

/** The first number of a sentence, with the text around it. */
export interface Numbers {
  readonly only: string | undefined
  readonly others: boolean
  readonly before: string
  /** The unit of the number. */
  readonly after: string
}

/** Signs and currencies. */
const fronts = {
  dollars: String.raw`(?:R|US|A|C|HK|NT)\$\s?`,
  letters: String.raw`(?:Rp|RM|Rs|CHF|USD|EUR|GBP)\.?\s?`,
  currencies: String.raw`[₹₩¥₽₺₪]\s?`,
  signs: '[-+−$€£]',
}
const front = String.raw`(?<![\w.])(?:${Object.values(fronts).join('|')}){0,2}`
const inGroups = String.raw`\d{1,3}(?:[ \u00A0\u202F]\d{3})+(?:,\d{1,2})?`
const power = String.raw`(?:[eE][-+]?\d{1,3}(?![\w.]\w))?`
const digits = String.raw`(?:${inGroups}|\d[\d.,/]{0,40}(?<![.,/])${power})(?:\\?%)?(?![.,/]?\d)`
const factor = String.raw`\s?(?:\\(?:pi|sqrt|ln|log)|[π√])`
const unit = String.raw`(?:[kcm]m|m|k?g|m?[lL]|km\/h|m\/s)(?:\^?[23²³])?(?![A-Za-z\d])`
/** Numbers that are neither part of a word nor a factor of a formula; a unit may follow at once. */
const numbers = new RegExp(String.raw`${front}${digits}(?!${factor}|(?!${unit})[\w^])`, 'g')
const longestUnit = 60
const length = /^\s?(?:k?m|cm|미터|킬로미터|米|千米|公里|キロメートル|キロ|メートル)$/
/** In front of a speed in Japanese, Korean and Chinese. */
const speeds: readonly (readonly [RegExp, string])[] = [
  [/(?:時速|时速|每小时|毎時|시속)\s?$/, '/h'],
  [/(?:分速|每分钟|毎分|분속)\s?$/, '/min'],
  [/(?:秒速|每秒|毎秒|초속)\s?$/, '/s'],
]

/** The numbers of a line, except those within words, in order. */
export function* numbersWithin(line: string): Generator<NumberWithin, void> {
  for (const { 0: value, index } of line.matchAll(numbers)) {
    const unit = unitAt(line.slice(index + value.length, index + value.length + longestUnit))
    const end = index + value.length + unit.length
    const before = line.slice(Math.max(0, index - 5), index)
    const per = length.test(unit) ? (speeds.find(([words]) => words.test(before))?.[1] ?? '') : ''
    // As Turkish writes percentages.
    yield /(?:^|[^\d\s])\s?%$/.test(before)
      ? { value: `%${value}`, unit: '', at: index - 1, end }
      : { value, unit: unit + per, at: index, end }
  }
}

/** The first number of a line, unless it is part of a word, with the text around it, and whether there are others. */
export function numbersIn(line: string): Numbers {
  const [only, other] = numbersWithin(line).take(2)
  return {
    only: only?.value,
    others: other !== undefined,
    before: only ? line.slice(0, only.at) : '',
    after: only?.unit ?? '',
  }
}

/** Between a number and a letter: 2 of "2 * x", 1 of "1 - x" and of "1/e". A letter that divides is not a word, as in "5/day". */
const term = /^\s?[-+−*×·^]\s?[\d(\\]{0,3}\p{L}|^\/\p{L}(?!\p{L})/u

/** Whether the text behind a number makes it a term of an expression with a letter. */
export function isTermBefore(rest: string): boolean {
  return term.test(rest)
}
