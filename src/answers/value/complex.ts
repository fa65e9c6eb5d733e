import { doubleOf, sum } from './approximate.ts'
import type { Expression } from './parse.ts'

/** A complex number. */
export interface Complex {
  readonly re: number
  readonly im: number
}

const none: Complex = { re: NaN, im: NaN }
const largestPower = 50
/** A part that is smaller than the other by this factor is an error of rounding. */
const noise = 1e-11
/** Between this and noise, nobody can tell. */
const smallest = 1e-5

/** The value of an expression of numbers, π, e and i; NaN if it has none, or none that is precise to 10 digits. */
export function complexOf(expression: Expression): Complex {
  const { re, im } = calculate(expression)
  const [small, large] = [Math.min(Math.abs(re), Math.abs(im)), Math.max(Math.abs(re), Math.abs(im))]
  if (small < noise * large) return Math.abs(re) < Math.abs(im) ? { re: 0, im } : { re, im: 0 }
  return small < smallest * large ? none : { re, im }
}

function calculate(expression: Expression): Complex {
  if ('number' in expression) return { re: doubleOf(expression.number), im: 0 }
  if ('name' in expression) return constants.get(expression.name) ?? none
  const [left = none, right] = expression.of.map(calculate)
  switch (expression.operation) {
    case 'negative':
      return { re: 0 - left.re, im: 0 - left.im }
    case '+':
      return plus(left, right!)
    case '-':
      return plus(left, { re: -right!.re, im: -right!.im })
    case '*':
      return times(left, right!)
    case '/':
      return times(left, inverse(right!))
    case '^':
      return power(left, right!)
    case 'sqrt':
      return right === undefined ? power(left, { re: 0.5, im: 0 }) : none
    case 'abs':
      return { re: Math.hypot(left.re, left.im), im: 0 }
    case 'sin':
      return left.im === 0 ? { re: Math.sin(left.re), im: 0 } : none
    case 'cos':
      return left.im === 0 ? { re: Math.cos(left.re), im: 0 } : none
    default:
      return none
  }
}

const constants: ReadonlyMap<string, Complex> = new Map([
  ['π', { re: Math.PI, im: 0 }],
  ['e', { re: Math.E, im: 0 }],
  ['i', { re: 0, im: 1 }],
])

function plus(left: Complex, right: Complex): Complex {
  return { re: sum(left.re, right.re), im: sum(left.im, right.im) }
}

function times(left: Complex, right: Complex): Complex {
  return { re: left.re * right.re - left.im * right.im, im: left.re * right.im + left.im * right.re }
}

function inverse({ re, im }: Complex): Complex {
  const square = re * re + im * im
  return { re: re / square, im: -im / square }
}

function exponential({ re, im }: Complex): Complex {
  if (Math.abs(im) > 100) return none
  const size = Math.exp(re)
  return { re: size * Math.cos(im), im: size * Math.sin(im) }
}

function power(base: Complex, exponent: Complex): Complex {
  if (exponent.im === 0 && Number.isInteger(exponent.re)) return wholePower(base, exponent.re)
  const size = Math.log(Math.hypot(base.re, base.im))
  const angle = Math.atan2(base.im, base.re)
  return exponential(times({ re: size, im: angle }, exponent))
}

function wholePower(base: Complex, exponent: number): Complex {
  if (Math.abs(exponent) > largestPower) return none
  let product: Complex = { re: 1, im: 0 }
  for (let factor = 0; factor < Math.abs(exponent); factor++) product = times(product, base)
  return exponent < 0 ? inverse(product) : product
}
