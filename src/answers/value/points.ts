import { hasVariable, rationalOf } from './exact.ts'
import type { Expression } from './parse.ts'

/** Sizes of the variables: between any two neighbouring whole numbers up to 10, and beyond all kinks that are allowed. */
const sizes = [
  0.1, 0.25, 0.45, 0.7, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 13, 22, 40, 75, 120, 170, 230,
]
/** Signs and sizes of all variables of an expression without roots and absolute values. */
const smoothPoints = [1, -1, 0.37]
/** Number of points of an expression that has one formula everywhere. */
export const smoothCount = smoothPoints.length
/** Largest number in an expression with one absolute value, with one root of a square, and with several kinks. */
const largestOfAbsolute = 100
const largestOfRoot = 10_000
const largestOfSeveral = 10
const inverses = new Set(['arcsin', 'arccos', 'arctan', 'arcsinh', 'arccosh', 'arctanh'])

/**
 * The points at which an expression with variables is evaluated, as their number: more for roots and absolute values, whose
 * formulas change with the sign of what they hold. Undefined if no points could tell such expressions apart.
 */
export function pointsFor(expression: Expression): number | undefined {
  if (!hasPieces(expression)) return smoothCount
  const kinks = kinksOf(expression)
  const largest = kinks > 1 ? largestOfSeveral : hasAbsolute(expression) ? largestOfAbsolute : largestOfRoot
  const areSmall = numbersOf(expression).every(
    number => Number(number) <= largest && (kinks < 2 || !number.includes('.')),
  )
  return kinks === 0 || areSmall ? 2 * sizes.length : undefined
}

/** The value of a variable at a point, from a number in [0, 1) that depends on its name alone, or on its name and the point. */
export function variableAt(point: number, count: number, ofName: number, ofPoint: number): number {
  if (count === smoothCount) return smoothPoints[point]! * (0.3 + ofName)
  const size = sizes[point >> 1]!
  const isWide = size < 1 || size > 10
  const moved = isWide ? size * (0.85 + 0.3 * ofPoint) : size + 0.8 * (ofPoint - 0.5)
  const isNegative = (Math.floor(ofPoint * 1024) + point) % 2 === 1
  return isNegative ? -moved : moved
}

/** Whether a root, a power or an inverse function may change its formula somewhere. */
function hasPieces(expression: Expression): boolean {
  if (!('operation' in expression)) return false
  const { operation, of } = expression
  const isPiece = operation === 'abs' || operation === 'sqrt' || inverses.has(operation) || isRoot(expression)
  return (isPiece && of.some(hasVariable)) || of.some(hasPieces)
}

/** The number of absolute values, of roots of squares and of inverse functions with variables. */
function kinksOf(expression: Expression): number {
  if (!('operation' in expression)) return 0
  const { operation, of } = expression
  const hidesSign = (operation === 'sqrt' || isRoot(expression)) && !isLinear(of[0]!)
  const isKink = (operation === 'abs' || inverses.has(operation) || hidesSign) && hasVariable(of[0]!)
  return of.reduce((sum, each) => sum + kinksOf(each), isKink ? 1 : 0)
}

function hasAbsolute(expression: Expression): boolean {
  return 'operation' in expression && (expression.operation === 'abs' || expression.of.some(hasAbsolute))
}

function isRoot({ operation, of }: Extract<Expression, { readonly operation: string }>): boolean {
  return operation === '^' && hasVariable(of[0]!) && rationalOf(of[1]!)?.bottom !== 1n
}

/** Whether a radicand is a sum of variables with factors, so that its root hides no sign. */
function isLinear(expression: Expression): boolean {
  if (!hasVariable(expression) || 'name' in expression || 'number' in expression) return true
  const { operation, of } = expression
  if (operation === '+' || operation === '-' || operation === 'negative') return of.every(isLinear)
  if (operation === '*') return of.filter(hasVariable).length === 1 && of.every(isLinear)
  return operation === '/' && !hasVariable(of[1]!) && isLinear(of[0]!)
}

function numbersOf(expression: Expression): string[] {
  if ('number' in expression) return [expression.number]
  return 'name' in expression ? [] : expression.of.flatMap(numbersOf)
}
