import { withoutPreposition } from './terms/dates.ts'

/** "|AB| = 5", "ABC = 12", "AB:CD = 2:3", "P(A) = 1/2", "x_{10} = 7": a name, and its value in digits. */
const measure =
  /^(?:\|?[A-Z]{1,4}\|?|∠\s?[A-Z]{1,3}|\|[a-z]\||[A-Za-z]_\{?\w{1,9}\}?|[A-Za-z]\([A-Z\d][\w| ,]{0,12}\)|[\w{}]{1,12}\s?:\s?[\w{}]{1,12}|\(?[A-Z]{2}\)?\/\(?[A-Z]{2}\)?)\s?=\s?([^=<>≤≥,]{1,60})$/
/** The words in an exact number; another is a name, as in `x_1 ≈ 3.5`. */
const constants = /π|\b(?:pi|e|sqrt|cbrt|ln|log|exp|(?:arc)?(?:sin|cos|tan))(?![a-z])/gi
const quotes = new Map(
  ['$$', '""', "''", '``', '“”', '‘’', '«»', '**', '__', '„“', '「」', '『』', '【】'].map(pair => [
    pair[0]!,
    pair[1]!,
  ]),
)

/** The term without bullets, enclosing quotes, a leading variable or "about", and a final full stop. */
export function bareTerm(text: string): string {
  const inner = withoutBrackets(unquoted(text.replace(/^(?:[-+*•>]\s+(?!\d))+/, '')))
  const [, exact] = /^([^=≈]{1,60}[^=≈\s])\s?≈\s?-?[\d.,]{1,20}$/.exec(inner) ?? []
  if (exact !== undefined && /[\d√π]/.test(exact) && !/\p{L}/u.test(exact.replaceAll(constants, '')))
    return exact
  const [, value] = /^(?:[a-z](?:_\w|\([a-z]\))?\s?)?[=≈]\s?([^=]+)$/i.exec(inner) ?? []
  const [, measured] = measure.exec(inner) ?? []
  if (measured !== undefined && !/\p{L}/u.test(measured.replaceAll(constants, ''))) return measured.trim()
  return withoutPreposition(value ?? inner)
    .replace(/(?<=[\w√π)])\s(?:square |cubic )?units?$/i, '')
    .replace(/^(?:≈|about|around|circa|ca\.|approximately|approx\.|roughly|exactly)\s?(?=[-\d$€£])/i, '')
    .trim()
}

/** The matrix of a matrix in brackets. */
function withoutBrackets(text: string): string {
  return text.startsWith('([[') && text.endsWith(']])') ? text.slice(1, -1) : text
}

/** Behind a word, an exclamation mark is punctuation; behind a variable, a number or a bracket it makes a factorial. */
const finalMark =
  /(?:[.。]|[!！](?<=(?:\p{L}{3}|[^\p{Script=Latin}\p{Script=Greek}\d)\]}!]|^\p{L}{2})[!！]))$/u

/** The term without quotes around it, and without a final full stop. */
export function unquoted(text: string): string {
  const ended = text.replace(finalMark, '').trim()
  const pair = ended.length > 2 && quotes.get(ended[0]!) === ended.at(-1)
  return pair && !ended.slice(1, -1).includes(ended[0]!) ? unquoted(ended.slice(1, -1)) : ended
}
