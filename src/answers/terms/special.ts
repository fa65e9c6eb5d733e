import { chemistryKey, reactionKey } from './chemistry.ts'
import { dateKey, timeKey } from './dates.ts'
import { ordinalOf } from '../numbers/number-word.ts'
import { rangeKey } from './ranges.ts'

const nothing =
  /^(?:∅|\{\s?\}|\\(?:emptyset|varnothing)|(?:there (?:is|are) )?no (?:real )?solutions?|(?:the )?empty set)$/i

/** The key of a text of one of many short forms, such as a date, a chemical formula, a ratio or the empty set; undefined for others. */
export function specialKey(term: string): string | undefined {
  if (term.length > 60) return reactionKey(term)
  if (nothing.test(term)) return 'set:'
  return (
    dateKey(term) ??
    timeKey(term) ??
    nameKey(term) ??
    chemistryKey(term) ??
    congruenceKey(term) ??
    numeralKey(term) ??
    ratioKey(term) ??
    ordinalKey(term) ??
    rangeKey(term)
  )
}

/** Long names by their abbreviations, which count in capitals alone: "us" is a word. */
const abbreviations: ReadonlyMap<string, string> = new Map([
  ['US', 'united states'],
  ['USA', 'united states'],
  ['UK', 'united kingdom'],
  ['UAE', 'united arab emirates'],
  ['USSR', 'soviet union'],
  ['EU', 'european union'],
  ['DNE', 'does not exist'],
])
const points = /(?<=[A-Z])\.\s?/g

/** The key of a name that has an abbreviation, such as "US" and "the U.S."; undefined for any other text. */
function nameKey(term: string): string | undefined {
  const short = term.replace(/^the /i, '').replaceAll(points, '')
  const isLong = /^(?:the )?united states of america$/i.test(term)
  const long = abbreviations.get(isLong ? 'USA' : short)
  return long && `text:${long}`
}

const congruence = /^([^≡=]{1,40}?)\s?≡\s?(-?\d{1,15})\s?(?:\(mod\s?(\d{1,15})\)|mod\s?(\d{1,15}))$/

/** The key of a congruence such as "x ≡ 10 (mod 7)", by the least remainder; undefined for any other text. */
function congruenceKey(term: string): string | undefined {
  if (!term.includes('≡')) return undefined
  const [, left = '', remainder = '', inBrackets, bare] = congruence.exec(term) ?? []
  const modulus = BigInt(inBrackets ?? bare ?? 0)
  if (modulus === 0n) return undefined
  const least = ((BigInt(remainder) % modulus) + modulus) % modulus
  return `congruence:${left.replaceAll(/\s/g, '')}≡${least} mod ${modulus}`
}

const bases: ReadonlyMap<string, string> = new Map([
  ['two', '2'],
  ['eight', '8'],
  ['ten', '10'],
  ['sixteen', '16'],
])

/** The key of a number in a base that it names, such as `1011_2`; undefined for any other text. */
function numeralKey(term: string): string | undefined {
  const [, inBrackets, bare, base = ''] =
    /^(?:\(([\dA-F]{1,40})\)|([\dA-F]{1,40}))_(\d{1,2}|two|eight|ten|sixteen)$/.exec(term) ?? []
  const digits = inBrackets ?? bare
  return digits === undefined ? undefined : `numeral:${digits}_${bases.get(base) ?? base}`
}

/** The key of a ratio such as "3 : 4" or "3 to 4", which is not reduced; undefined for any other text. */
function ratioKey(term: string): string | undefined {
  const [, one, other] = /^(\d{1,9})(?:\s?:\s?|\sto\s)(\d{1,9})$/.exec(term) ?? []
  return one === undefined ? undefined : `ratio:${one}:${other}`
}

/** The key of the place in a row that "3rd" and "third" are; undefined for any other text. */
function ordinalKey(term: string): string | undefined {
  const [, digits] = /^(?:the )?(\d{1,6})(?:st|nd|rd|th)$/i.exec(term) ?? []
  const place = digits ?? ordinalOf(term.toLowerCase().replace(/^the /, ''))
  return place === undefined ? undefined : `ordinal:${place}`
}
