import { solvedInequality } from './linear.ts'

const flipped: Readonly<Record<string, string>> = { '<': '>', '>': '<', '≤': '≥', '≥': '≤' }
const behind = /^\|([^|]{1,40})\|\s?([<≤>≥])\s?([^<>≤≥=|]{1,40})$/
const inFront = /^([^<>≤≥=|]{1,40}?)\s?([<≤>≥])\s?\|([^|]{1,40})\|$/
const between = /^([^<>≤≥=|]{1,40}?)\s?([<≤])\s?([^<>≤≥=|]{1,40}?)\s?([<≤])\s?([^<>≤≥=|]{1,40})$/
const solved = /^([a-z]) ([<≤>≥]) (.+)$/i

/**
 * An inequality of an absolute value, or with a linear term in the middle, as simple ones: "|x - 2| ≤ 5" as `-3 ≤ x ≤ 7`, and
 * "|x| > 3" as `x < -3` and `x > 3`, either of which may hold. Undefined for any other text.
 */
export function simpleInequalities(text: string): readonly string[] | undefined {
  const [, low = '', first = '', middle = '', second = '', high = ''] = between.exec(text) ?? []
  if (middle !== '' && !/^[a-z]$/i.test(middle)) return within(middle, [low, first], [second, high])
  const [, left, mark = '', right] = behind.exec(text) ?? []
  const [, other, turned = '', inner] = inFront.exec(text) ?? []
  const [term, sign, bound] = left === undefined ? [inner, flipped[turned], other] : [left, mark, right]
  if (term === undefined || sign === undefined || !/^\d[\d./]{0,20}$/.test(bound!.trim())) return undefined
  if (sign === '<' || sign === '≤') return within(term, [`-${bound}`, sign], [sign, bound!])
  const sides = [solve(term, sign, bound!), solve(term, flipped[sign]!, `-${bound}`)]
  return sides.every(side => side !== undefined) ? sides : undefined
}

function within(
  term: string,
  [low, first]: readonly [string, string],
  [second, high]: readonly [string, string],
): readonly string[] | undefined {
  const one = solved.exec(solve(term, flipped[first]!, low) ?? '')
  const other = solved.exec(solve(term, second, high) ?? '')
  if (!one || !other || one[1] !== other[1]) return undefined
  const [lower, upper] = /[>≥]/.test(one[2]!) ? [one, other] : [other, one]
  return [`${lower[3]} ${flipped[lower[2]!]} ${lower[1]} ${upper[2]} ${upper[3]}`]
}

/** Solves one inequality for its variable. */
function solve(term: string, sign: string, bound: string): string | undefined {
  const side = term.trim()
  return /^[a-z]$/i.test(side)
    ? `${side} ${sign} ${bound.trim()}`
    : solvedInequality(`${side} ${sign} ${bound.trim()}`)
}
