import { mathKey } from './math-key.ts'

/** Letters in a row, such as "mgh" and "V I". */
const letters = /^[A-Za-z](?:\s?[A-Za-z]){1,4}$/
const phrase = /\p{L}[\p{L}\p{M}_]*(?:[ -](?=\p{L}{2})[\p{L}\p{M}]+)*/gu
/** Words and numbers with operators between them; a minus has blanks around it, since a hyphen is part of a word. */
const calculation = /^[\p{L}\p{M}_\d\s.()*/^+-]{3,150}$/u
const operator = /[\p{L}\d)]\s?[*+^]\s?[\p{L}\d(]|[\p{L}\d)]\s[-/]\s[\p{L}\d(]/u

/** The key of a row of letters as a product, which "VI" may be if another answer says `V*I`; undefined for any other text. */
export function letterProductKey(term: string): string | undefined {
  return letters.test(term) ? mathKey(term.replaceAll(/\s/g, '').split('').join('*')) : undefined
}

/** A row of letters without the blanks between them, as "VI" for "V I"; any other text unchanged. */
export function withoutBlanks(term: string): string {
  return /^[A-Za-z](?:\s[A-Za-z]){1,4}$/.test(term) ? term.replaceAll(/\s/g, '') : term
}

/**
 * The key of a calculation with words for its variables, such as "width * height", by its value: the order of factors and
 * summands does not count. Undefined for any other text.
 */
export function wordProductKey(term: string): string | undefined {
  if (!operator.test(term) || !calculation.test(term) || !/\p{L}{2}/u.test(term)) return undefined
  return mathKey(term.replaceAll(phrase, words => `z_${numberOf(words.toLowerCase())}`))
}

/** A number that differs from word to word. */
function numberOf(words: string): bigint {
  let hash = 7n
  for (const character of words.replaceAll('_', ' '))
    hash = BigInt.asUintN(61, hash * 1_099_511_628_211n + BigInt(character.codePointAt(0)!))
  return hash
}
