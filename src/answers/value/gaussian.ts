import { ratio, rationalOf } from './exact.ts'
import type { Rational } from './exact.ts'
import type { Expression } from './parse.ts'

/** A complex number whose parts are rational. */
export interface Gaussian {
  readonly re: Rational
  readonly im: Rational
}

const zero: Rational = { top: 0n, bottom: 1n }
const one: Rational = { top: 1n, bottom: 1n }
const largestPower = 50
const largest = 10n ** 300n

/** The exact value of sums, products, quotients and whole powers of rational numbers and i; undefined for other expressions. */
export function gaussianOf(expression: Expression): Gaussian | undefined {
  if ('name' in expression) return expression.name === 'i' ? { re: zero, im: one } : undefined
  if ('number' in expression) return real(rationalOf(expression))
  const { operation, of } = expression
  if (operation === '^') return power(gaussianOf(of[0]!), rationalOf(of[1]!))
  if (!['+', '-', '*', '/', 'negative'].includes(operation)) return real(rationalOf(expression))
  const [left, right] = of.map(gaussianOf)
  if (operation === 'negative') return left && times(left, { re: { top: -1n, bottom: 1n }, im: zero })
  if (!left || !right) return undefined
  if (operation === '/') return quotient(left, right)
  if (operation === '*') return times(left, right)
  const sign = operation === '-' ? -1n : 1n
  return complex(plus(left.re, right.re, sign), plus(left.im, right.im, sign))
}

function real(re: Rational | undefined): Gaussian | undefined {
  return re && { re, im: zero }
}

/** Undefined if a part has none, or more digits than an answer. */
function complex(re: Rational | undefined, im: Rational | undefined): Gaussian | undefined {
  if (!re || !im) return undefined
  const isSmall = [re, im].every(({ top, bottom }) => top < largest && top > -largest && bottom < largest)
  return isSmall ? { re, im } : undefined
}

function plus(left: Rational, right: Rational, sign = 1n): Rational | undefined {
  return ratio(left.top * right.bottom + sign * right.top * left.bottom, left.bottom * right.bottom)
}

function product(left: Rational, right: Rational): Rational {
  return ratio(left.top * right.top, left.bottom * right.bottom)!
}

function times(left: Gaussian, right: Gaussian): Gaussian | undefined {
  return complex(
    plus(product(left.re, right.re), product(left.im, right.im), -1n),
    plus(product(left.re, right.im), product(left.im, right.re)),
  )
}

function quotient(left: Gaussian, { re, im }: Gaussian): Gaussian | undefined {
  const square = plus(product(re, re), product(im, im))
  const inverse = square && ratio(square.bottom, square.top)
  if (!inverse) return undefined
  const { top, bottom } = product(im, inverse)
  return times(left, { re: product(re, inverse), im: { top: -top, bottom } })
}

function power(base: Gaussian | undefined, exponent: Rational | undefined): Gaussian | undefined {
  const count = Number(exponent?.top)
  if (!base || exponent?.bottom !== 1n || Math.abs(count) > largestPower) return undefined
  let result: Gaussian | undefined = { re: one, im: zero }
  for (let factor = 0; factor < Math.abs(count) && result; factor++) result = times(result, base)
  return result && (count < 0 ? quotient({ re: one, im: zero }, result) : result)
}
