import { dateKey, timeKey } from './terms/dates.ts'

const formula = /^(?:\d{0,2}(?:[A-Z][a-z]?(?:_?\d{1,3})?|\((?=[A-Z])|\)(?:_?\d{1,2})?))+$/
/** Symbols of elements without numbers, at least two. */
const symbolsOnly = /^(?:[HBCNOFPSKVYIWU]{2,4}|(?=.{3,8}$)(?=.*[a-z])(?:[A-Z][a-z]?){2,5})$/
const nothing =
  /^(?:∅|\{\s?\}|\\(?:emptyset|varnothing)|(?:there (?:is|are) )?no (?:real )?solutions?|(?:the )?empty set)$/i

/** The key of a date, a time of day, a chemical formula or the empty set; undefined for any other text. */
export function specialKey(term: string): string | undefined {
  const reaction = reactionKey(term)
  if (reaction !== undefined) return reaction
  if (term.length > 60) return undefined
  if (nothing.test(term)) return 'set:'
  return (
    dateKey(term) ??
    timeKey(term) ??
    formulaKey(term) ??
    congruenceKey(term) ??
    numeralKey(term) ??
    ratioKey(term)
  )
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

/** The key of a balanced equation of chemistry; the order on each side does not count. Undefined for any other text. */
export function reactionKey(term: string): string | undefined {
  const sides = term.length > 150 ? [] : term.split('→')
  if (sides.length !== 2) return undefined
  const parts = sides.map(side =>
    side.split(/\s\+\s|\+(?=\s?\d{0,2}\s?[A-Z])/).map(part => part.replaceAll(/[\s_]/g, '')),
  )
  const areFormulas = parts.flat().every(part => part !== '' && formula.test(part))
  return areFormulas ? `reaction:${parts.map(side => side.toSorted().join('+')).join('→')}` : undefined
}

/** Case counts: Co is a metal and CO a gas. */
function formulaKey(term: string): string | undefined {
  const isFormula =
    /[A-Z][a-z]?_?\d/.test(term) && /[A-Z].*[A-Z]|_\d|^[A-Z][a-z]?\d$/.test(term) && formula.test(term)
  const isSymbols = symbolsOnly.test(term) && !/^[IVX]+$/.test(term)
  return isFormula || isSymbols ? `formula:${term.replaceAll('_', '')}` : undefined
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
