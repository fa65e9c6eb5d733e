import { withoutPoints } from './terms/differences.ts'
import { solvedInequality } from './terms/linear.ts'
import { simpleInequalities } from './terms/modulus.ts'

const number = String.raw`[^<>≤≥≠=∈,;]{1,60}?`
/** x, or f(x) for a range of values. */
const name = String.raw`[a-z](?:\s?\([a-z]\))?`
const between = new RegExp(`^(${number})\\s?([<≤>≥])\\s?(${name})\\s?([<≤>≥])\\s?(${number})$`, 'i')
const after = new RegExp(`^(${name})\\s?([<≤>≥])\\s?(${number})$`, 'i')
const before = new RegExp(`^(${number})\\s?([<≤>≥])\\s?(${name})$`, 'i')
const except = new RegExp(
  `^(?:all real (?:numbers|values)(?: [a-z])? (?:except|other than|but)(?: for)? (?:[a-z]\\s?=\\s?)?|[a-z]\\s?≠\\s?)(${number})$`,
  'i',
)
const everywhere = /^(?:(?:the )?(?:set of )?all real (?:numbers|values)|ℝ|\\mathbb\s?\{R\}|\\R)(?: [a-z])?$/i
/** The x: -1 ≤ x < 4 of a set in braces. */
const builder =
  /^\{\s?([a-z])(?:\s?∈\s?(?:R|ℝ|\\mathbb\{R\}|\\R))?\s?(?:[:|]|\\mid)\s?([^{}]*\b\1\b[^{}]*)\}$/i
/** "]2, 5]" and "[2, ∞[", whose brackets turn outward at an end that does not belong to the interval. */
const outward = /^([\][])\s?([^[\](),;]{1,40}[,;]\s?[^[\](),;]{1,40}?)\s?([\][])$/
/** "x > 2 and x ≤ 5". */
const twoBounds = /^([^<>≤≥=]{0,60}[<>≤≥][^<>≤≥=]{0,60}?),? and ([^<>≤≥=]{0,60}[<>≤≥][^<>≤≥=]{0,60})$/
const plainValue = /^[-−+]?[\d.,/√π()]{1,40}$/
const assignment = /^([A-Za-z](?:_\w{1,4})?|[A-Z]{2,3})\s?=\s?([^=<>≤≥]{1,100})$/

/** An inequality in one variable, or a set without some points, as intervals such as `(3, ∞)`. Undefined for any other text. */
export function intervalOf(term: string): string | undefined {
  if (term.length > 150) return undefined
  const [, outer, ends, last] = outward.exec(term) ?? []
  if (ends !== undefined && (outer === ']' || last === '['))
    return `${outer === ']' ? '(' : '['}${ends}${last === '[' ? ')' : ']'}`
  const both = term.includes(' and ') ? twoBounds.exec(term) : null
  if (both) return intersection(both[1]!, both[2]!)
  const [, , inside] = builder.exec(term) ?? []
  if (inside !== undefined) return intervalOf(inside.trim())
  if (everywhere.test(term)) return '(-∞, ∞)'
  const remaining = withoutPoints(term)
  if (remaining !== undefined) return remaining
  const simple = simpleInequalities(term)?.map(intervalOf)
  if (simple?.every(one => one !== undefined)) return simple.join(' ∪ ')
  const [, left] = except.exec(term) ?? []
  if (left !== undefined) return `(-∞, ${left.trim()}) ∪ (${left.trim()}, ∞)`
  const [, low, first, , second, high] = between.exec(term) ?? []
  if (low !== undefined) {
    if (isLess(first!) !== isLess(second!)) return undefined
    return isLess(first!) ? interval(low, first!, second!, high!) : interval(high!, second!, first!, low)
  }
  const [, , sign, bound] = after.exec(term) ?? []
  if (bound !== undefined) return half(bound, sign!, isLess(sign!))
  const solved = solvedInequality(term)
  if (solved !== undefined) return intervalOf(solved)
  const [, start, relation] = before.exec(term) ?? []
  return start === undefined ? undefined : half(start, relation!, !isLess(relation!))
}

/** "x > 2 and x ≤ 5" as one interval; undefined unless they bound one variable from both sides. */
function intersection(one: string, other: string): string | undefined {
  const names = [one, other].map(side => /[a-z]/i.exec(side)?.[0])
  const halves = [one, other].map(side => intervalOf(side.trim()) ?? '')
  const [, open, low] = halves.map(half => /^([[(])([^,∞]+), ∞\)$/.exec(half)).find(found => found) ?? []
  const [, high, close] = halves.map(half => /^\(-∞, ([^,∞]+)([\])])$/.exec(half)).find(found => found) ?? []
  return low !== undefined && high !== undefined && names[0] === names[1]
    ? `${open}${low}, ${high}${close}`
    : undefined
}

/** The values of "a = 4, -8, -10", of which the first has the name of all. Undefined for any other items. */
export function valuesOfOne(items: readonly string[]): readonly string[] | undefined {
  const [first = '', ...others] = items
  const [, name, value] = assignment.exec(first) ?? []
  const isOne = name?.length === 1 && others.length > 0 && others.every(item => plainValue.test(item))
  return value !== undefined && isOne && new Set([value.trim(), ...others]).size === items.length
    ? [value.trim(), ...others]
    : undefined
}

/** The points of "p = 5, q = 2; p = 7, q = 2", whose names must be the same and in order. */
export function pointsOf(text: string): readonly string[] | undefined {
  const groups = text.split(/;\s?/).map(group => assignmentsOf(group.split(/,\s?/)))
  const names = groups.map(group => group?.map(([name]) => name).join() ?? '')
  const isOrdered = names[0]!.length > 1 && names[0] === names[0]!.split(',').toSorted().join()
  if (groups.length < 2 || !isOrdered || new Set(names).size !== 1) return undefined
  return groups.map(group => `(${group!.map(([, value]) => value).join(', ')})`)
}

/** The named values of "x = 1 and y = 2"; undefined if an item has no name. */
export function assignmentsOf(items: readonly string[]): readonly (readonly [string, string])[] | undefined {
  const pairs = items.map(item => assignment.exec(item))
  return pairs.every(pair => pair !== null)
    ? pairs.map(pair => [pair[1]!, pair[2]!.trim()] as const)
    : undefined
}

function half(bound: string, sign: string, isUpper: boolean): string {
  return isUpper ? interval('-∞', '<', sign, bound) : interval(bound, sign, '<', '∞')
}

function interval(low: string, lowSign: string, highSign: string, high: string): string {
  return `${closes(lowSign) ? '[' : '('}${low.trim()}, ${high.trim()}${closes(highSign) ? ']' : ')'}`
}

function isLess(sign: string): boolean {
  return sign === '<' || sign === '≤'
}

function closes(sign: string): boolean {
  return sign === '≤' || sign === '≥'
}
