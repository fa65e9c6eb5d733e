import { minus, negative, one, plus, ratio, times as product, zero } from './rational.ts'
import type { Rational } from './rational.ts'
import { rationalOf } from './exact.ts'
import type { Expression } from './parse.ts'

/** A complex number whose parts are rational. */
export interface Gaussian {
  readonly re: Rational
  readonly im: Rational
}

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
  if (operation === 'negative') return left && { re: negative(left.re), im: negative(left.im) }
  if (!left || !right) return undefined
  if (operation === '/') return quotient(left, right)
  if (operation === '*') return times(left, right)
  const combined = operation === '-' ? minus : plus
  return complex(combined(left.re, right.re), combined(left.im, right.im))
}

function real(re: Rational | undefined): Gaussian | undefined {
  return re && { re, im: zero }
}

/** Undefined if a part has more digits than an answer. */
function complex(re: Rational, im: Rational): Gaussian | undefined {
  const isSmall = [re, im].every(({ top, bottom }) => top < largest && top > -largest && bottom < largest)
  return isSmall ? { re, im } : undefined
}

function times(left: Gaussian, right: Gaussian): Gaussian | undefined {
  return complex(
    minus(product(left.re, right.re), product(left.im, right.im)),
    plus(product(left.re, right.im), product(left.im, right.re)),
  )
}

function quotient(left: Gaussian, { re, im }: Gaussian): Gaussian | undefined {
  const square = plus(product(re, re), product(im, im))
  const inverse = ratio(square.bottom, square.top)
  return inverse && times(left, { re: product(re, inverse), im: negative(product(im, inverse)) })
}

function power(base: Gaussian | undefined, exponent: Rational | undefined): Gaussian | undefined {
  const count = Number(exponent?.top)
  if (!base || exponent?.bottom !== 1n || Math.abs(count) > largestPower) return undefined
  let result: Gaussian | undefined = { re: one, im: zero }
  for (let factor = 0; factor < Math.abs(count) && result; factor++) result = times(result, base)
  return result && (count < 0 ? quotient({ re: one, im: zero }, result) : result)
}
