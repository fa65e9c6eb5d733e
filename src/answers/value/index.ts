import { approximate } from './approximate.ts'
import { complexOf } from './complex.ts'
import { divide, hasVariable, imaginaryUnit, rationalOf, remainderOf } from './exact.ts'
import { parseExpression } from './parse.ts'
import { gaussianOf } from './gaussian.ts'
import { pointsFor, smoothCount, variableAt } from './points.ts'
import { isCalculable } from './readable.ts'
import type { Expression } from './parse.ts'

const digits = 10
const tooManyNames = 12

/** The value of an expression: a rational number, exactly, or a key that equal expressions share. */
export type Value = { readonly rational: string } | { readonly key: string }

/**
 * The value of a mathematical expression in plain text or simple LaTeX: 2√2 and √8 have the same, and so have (x+1)^2 and
 * x^2+2x+1. Sums and products are compared exactly, at points that no text can choose; roots, logarithms and trigonometry to
 * ten digits. The letter i is the imaginary unit, unless it looks like a vector or an index: beside j, k, n or m, or as the
 * factor i + 1. Undefined if the text is not an expression, or not one that can be told apart so.
 */
export function valueOf(text: string): Value | undefined {
  const expression = isCalculable(text) ? parseExpression(text) : undefined
  if (!expression) return undefined
  const rational = rationalOf(expression)
  if (rational) return { rational: `${rational.top}/${rational.bottom}` }
  const names = new Set(namesOf(expression))
  if (names.size > tooManyNames) return undefined
  const isComplex = hasImaginaryUnit(names) && !hasIndexSum(expression)
  const isConstant = !hasVariable(expression) || (isComplex && names.isSubsetOf(constants))
  const complex = isConstant ? complexValueOf(expression, isComplex) : undefined
  if (complex) return complex
  const exact = [1n, 2n].map(turn => remainderOf(expression, name => residue(name, turn, isComplex)))
  if (exact.every(value => value !== undefined)) return { key: exact.join(';') }
  if (isComplex || (!isConstant && hasStep(expression))) return undefined
  if (isConstant) return realValueOf(approximate(expression, constantAt))
  const count = pointsFor(expression)
  if (count === undefined) return undefined
  const values = Array.from({ length: count }, (_, point) =>
    approximate(expression, name => at(name, point, count)),
  )
  const rounded = values.map(round)
  if (rounded.every(value => value === '')) return undefined
  // sin²x + cos²x is 1. An expression with pieces may agree with a number at many points and not at others.
  return new Set(rounded).size === 1 && count === smoothCount
    ? realValueOf(values[0]!)
    : { key: rounded.join(';') }
}

const constants = new Set(['π', 'e', 'i'])
/** Beside these, i is a direction or an index. */
const indices = new Set(['j', 'k', 'n', 'm', 'N'])

function hasImaginaryUnit(names: ReadonlySet<string>): boolean {
  return names.has('i') && names.isDisjointFrom(indices) && ![...names].some(name => name.endsWith('_i'))
}

/** Whether a factor is written as i + 1 or i - 1, as of an index: complex numbers begin with their real part. */
function hasIndexSum(expression: Expression): boolean {
  if (!('operation' in expression)) return false
  const { operation, of } = expression
  return (
    ('*/^'.includes(operation) && isIndexSum(of[0]!)) ||
    (operation === '*' && isIndexSum(of[1]!)) ||
    of.some(hasIndexSum)
  )
}

function isIndexSum(expression: Expression): boolean {
  if (!('operation' in expression) || !'+-'.includes(expression.operation)) return false
  const [left, right] = expression.of
  return 'name' in left! && left.name === 'i' && 'number' in right!
}

/** The value of a constant with i, or of a root of a negative number. */
function complexValueOf(expression: Expression, isComplex: boolean): Value | undefined {
  if (!isComplex && !hasRoot(expression)) return undefined
  const exact = isComplex ? gaussianOf(expression) : undefined
  if (exact) {
    const [re, im] = [exact.re, exact.im].map(({ top, bottom }) => `${top}/${bottom}`)
    return exact.im.top === 0n ? { rational: re! } : { key: `${re}+${im}i` }
  }
  const { re, im } = complexOf(expression)
  if (Number.isNaN(re) || Number.isNaN(im) || (im === 0 && !isComplex)) return undefined
  return im === 0 ? realValueOf(re) : { key: `${partKey(re)}+${partKey(im)}i` }
}

/** A part as exact numbers have it, if it is simple. */
function partKey(part: number): string {
  return part === 0 ? '0/1' : (simpleFraction(part) ?? round(part))
}

function realValueOf(value: number): Value | undefined {
  if (!Number.isFinite(value)) return undefined
  const simple = simpleFraction(value)
  return simple === undefined ? { key: round(value) } : { rational: simple }
}

function hasRoot(expression: Expression): boolean {
  if (!('operation' in expression)) return false
  return expression.operation === 'sqrt' || expression.of.some(hasRoot)
}

/** Functions that are not continuous, so that a few points say little. */
const steps = new Set(['floor', 'ceil', 'max', 'min'])

function hasStep(expression: Expression): boolean {
  return 'operation' in expression && (steps.has(expression.operation) || expression.of.some(hasStep))
}

/** A key for an equation, whatever its sides are multiplied by. Undefined for any other text. */
export function equationKey(text: string): string | undefined {
  const sides = text.split('=', 3)
  if (sides.length !== 2 || !isCalculable(text)) return undefined
  const [left, right] = sides.map(side => parseExpression(side))
  if (!left || !right) return undefined
  const difference: Expression = { operation: '-', of: [left, right] }
  const isComplex = hasImaginaryUnit(new Set(namesOf(difference)))
  const [first, second, third] = [1n, 2n, 3n].map(turn =>
    remainderOf(difference, name => residue(name, turn, isComplex)),
  )
  if (first === undefined || second === undefined || third === undefined) return undefined
  const [ratio, other] = [divide(first, second), divide(third, second)]
  return ratio === undefined || ratio === 1n || other === undefined ? undefined : `${ratio};${other}`
}

/** The denominators of the values that roots, logarithms and trigonometry of simple numbers have. */
const denominators = [1, 2, 3, 4, 5, 6]
const largestSimple = 10_000

/** Errors of rounding are below this share of a value; that of log(1.000001) or cos(0.001) against a simple value is not. */
const precision = 1e-13

/** A value as the simple fraction that it is, such as `1/2` for sin(π/6); undefined for other values. */
function simpleFraction(value: number): string | undefined {
  if (Math.abs(value) > largestSimple || Math.abs(value) < 1e-3) return undefined
  const bottom = denominators.find(
    each => Math.abs(value * each - Math.round(value * each)) < precision * Math.abs(value * each),
  )
  return bottom === undefined ? undefined : `${Math.round(value * bottom)}/${bottom}`
}

function round(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(digits) : ''
}

function constantAt(name: string): number {
  return name === 'π' ? Math.PI : name === 'e' ? Math.E : NaN
}

function at(name: string, point: number, count: number): number {
  if (name === 'π' || name === 'e') return constantAt(name)
  return variableAt(point, count, shareOf(name, 1n), shareOf(name, BigInt(point + 2)))
}

/** A number from 0 to 1 that depends on a name. */
function shareOf(name: string, turn: bigint): number {
  return Number(residue(name, turn, false) % 1_000_003n) / 1_000_003
}

function residue(name: string, turn: bigint, isComplex: boolean): bigint {
  if (isComplex && name === 'i') return imaginaryUnit
  let hash = 1_469_598_103n + turn * 7_919n
  for (const character of name)
    hash = (hash * 1_099_511_628_211n + BigInt(character.codePointAt(0)!)) % 2n ** 61n
  return (hash * hash + turn) % (2n ** 61n - 1n)
}

function namesOf(expression: Expression): string[] {
  if ('name' in expression) return [expression.name]
  return 'number' in expression ? [] : expression.of.flatMap(namesOf)
}
