import { fractionText, minus, plus, ratio, zero } from '../value/rational.ts'
import type { Rational } from '../value/rational.ts'

const sides = /^([^<>≤≥=≠]{1,60}?)\s?([<>≤≥])\s?([^<>≤≥=≠]{1,60})$/
/** A term such as `-3x`, `x/2`, `2*x`, `5`, `3/4`. */
const term = /([-+]?)(\d{0,12})(?:\/(\d{1,12})(?!\s?[a-z]))?\*?([a-z])?(?:\/(\d{1,12}))?/giy
const flipped: Readonly<Record<string, string>> = { '<': '>', '>': '<', '≤': '≥', '≥': '≤' }

/**
 * A linear inequality in one variable, solved for it: `x < 1` for `-x > -1`. Undefined if it is solved, not linear, or has
 * other than whole coefficients.
 */
export function solvedInequality(text: string): string | undefined {
  const [, left = '', sign = '', right = ''] = sides.exec(text) ?? []
  const names = new Set(text.match(/[a-z]/gi))
  if (names.size !== 1 || /^[a-z]$/i.test(left.trim())) return undefined
  const [one, other] = [sumOf(left), sumOf(right)]
  if (!one || !other) return undefined
  const slope = minus(one.slope, other.slope)
  const constant = minus(other.constant, one.constant)
  const bound = ratio(constant.top * slope.bottom, constant.bottom * slope.top)
  if (!bound) return undefined
  const direction = slope.top < 0n ? flipped[sign]! : sign
  return `${[...names][0]} ${direction} ${fractionText(bound)}`
}

function sumOf(side: string): { readonly slope: Rational; readonly constant: Rational } | undefined {
  const text = side.replaceAll(/\s+/g, '')
  let [slope, constant] = [zero, zero]
  let at = 0
  while (at < text.length) {
    term.lastIndex = at
    const match = term.exec(text)
    const [all = '', sign, digits, divisor, name, under] = match ?? []
    if (all === '' || all === sign || (at > 0 && sign === '')) return undefined
    const bottom = BigInt(divisor ?? 1) * BigInt(under ?? 1)
    if ((digits === '' && name === undefined) || bottom === 0n || (name === undefined && under))
      return undefined
    const top = BigInt(digits || 1) * (sign === '-' ? -1n : 1n)
    if (name === undefined) constant = plus(constant, { top, bottom })
    else slope = plus(slope, { top, bottom })
    at += all.length
  }
  return text === '' ? undefined : { slope, constant }
}
