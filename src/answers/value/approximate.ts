import type { Expression } from './parse.ts'

/** Operands of a sum may differ by this factor: a smaller one would be lost in rounding. */
const widest = 1e5
/** Maximum number of characters of a number: roots and logarithms of neighbouring longer ones agree in ten digits. */
const longestNumber = 8
/** Functions that hardly change beyond an argument, so that different numbers would have one value. */
const flatBeyond: Readonly<Record<string, number>> = { tanh: 4, arctan: 100, arcsinh: 1e4, arccosh: 1e4 }
const smallestAngle = 1e-3
const largestOfLogarithm = 1e7

const functions: Readonly<Record<string, (value: number, other?: number) => number>> = {
  sqrt: (value, index = 2) =>
    index === 2 ? Math.sqrt(value) : index === 3 ? Math.cbrt(value) : value ** (1 / index),
  cbrt: Math.cbrt,
  abs: Math.abs,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  cot: value => 1 / Math.tan(value),
  sec: value => 1 / Math.cos(value),
  csc: value => 1 / Math.sin(value),
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  arcsinh: Math.asinh,
  arccosh: Math.acosh,
  arctanh: Math.atanh,
  lg: Math.log10,
  floor: value => stepAt(value, Math.floor),
  ceil: value => stepAt(value, Math.ceil),
  max: (value, other = NaN) => Math.max(value, other),
  min: (value, other = NaN) => Math.min(value, other),
  ln: Math.log,
}

/** A number as a double; NaN if it has too many digits, zeros at its end aside. */
export function doubleOf(number: string): number {
  const digits = number.includes('.') ? number : number.replace(/0+$/, '')
  return digits.length > longestNumber ? NaN : Number(number)
}

/** Near a whole number, an error of rounding decides. */
function stepAt(value: number, step: (value: number) => number): number {
  return Math.abs(value - Math.round(value)) < 1e-9 * Math.max(1, Math.abs(value)) ? NaN : step(value)
}

/** The value of an expression as a double; NaN if it has none there, or none that is precise to 10 digits. */
export function approximate(expression: Expression, valueOf: (name: string) => number): number {
  if ('number' in expression) return doubleOf(expression.number)
  if ('name' in expression) return valueOf(expression.name)
  if (expression.of.length > 2) return NaN
  const [left = NaN, right] = expression.of.map(each => approximate(each, valueOf))
  switch (expression.operation) {
    case 'negative':
      return -left
    case '+':
      return sum(left, right!)
    case '-':
      return sum(left, -right!)
    case '*':
      return left * right!
    case '/':
      return left / right!
    case '^':
      return Math.abs(right!) > 50 ? NaN : left ** right!
    case 'log':
      return logarithm(left, right)
    case 'sin':
    case 'cos':
    case 'tan':
      return isAngle(left) ? functions[expression.operation]!(left) : NaN
    case 'ln':
    case 'lg':
      return inLogarithm(functions[expression.operation]!(left), left)
    case 'tanh':
    case 'arctan':
    case 'arcsinh':
    case 'arccosh':
      return Math.abs(left) > flatBeyond[expression.operation]! ? NaN : functions[expression.operation]!(left)
    case 'cosh':
    case 'cot':
    case 'sec':
    case 'csc':
      return isAngle(left) ? functions[expression.operation]!(left) : NaN
    default:
      return functions[expression.operation]?.(left, right) ?? NaN
  }
}

/** The cosine of a very small angle is 1 to ten digits, and that of a large one is imprecise. */
function isAngle(value: number): boolean {
  return value === 0 || (Math.abs(value) >= smallestAngle && Math.abs(value) <= 100)
}

function logarithm(value: number, base?: number): number {
  return inLogarithm(base === undefined ? Math.log10(value) : Math.log(value) / Math.log(base), value)
}

/** The logarithm of a value; NaN if that of a neighbouring number may have the same ten digits, unless it is whole. */
function inLogarithm(logarithm: number, value: number): number {
  const isWhole = Math.abs(logarithm - Math.round(logarithm)) < 1e-13 * Math.abs(logarithm)
  return value > largestOfLogarithm && !isWhole ? NaN : logarithm
}

/** NaN if one of the two would be lost in rounding, or if most of both cancels. */
export function sum(left: number, right: number): number {
  const total = left + right
  const [small, large] = [
    Math.min(Math.abs(left), Math.abs(right)),
    Math.max(Math.abs(left), Math.abs(right)),
  ]
  if (small !== 0 && large / small > widest) return NaN
  return Math.abs(total) * widest < large ? NaN : total
}
