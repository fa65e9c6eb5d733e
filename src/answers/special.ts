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
  return dateKey(term) ?? timeKey(term) ?? formulaKey(term)
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
