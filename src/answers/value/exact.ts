import { commonDivisor, isLess, magnitude, minus, negative, plus, ratio, times } from './rational.ts'
import type { Rational } from './rational.ts'
import type { Expression } from './parse.ts'

/** Values of expressions are compared in the field of the remainders of this prime. */
const prime = 2n ** 61n - 31n
/** A square root of -1 among these remainders. */
export const imaginaryUnit = 583_529_827_753_931_384n
/** Of numbers whose digits are written out. */
const largestPower = 1000n
const largestExponent = 1_000_000_000n
/** The largest k of a binomial coefficient of k that is compared as a product of k factors. */
const largestChoice = 20n

/** The value of an expression without variables, if it is a rational number with at most 300 hexadecimal digits. */
export function rationalOf(expression: Expression): Rational | undefined {
  if ('number' in expression) return decimal(expression.number)
  if ('name' in expression) return undefined
  const of: Rational[] = []
  for (const each of expression.of) {
    const value = rationalOf(each)
    if (!value || value.top.toString(16).length + value.bottom.toString(16).length > 300) return undefined
    of.push(value)
  }
  const [left, right] = [of[0]!, of[1]]
  switch (expression.operation) {
    case 'negative':
      return negative(left)
    case 'abs':
      return { top: magnitude(left.top), bottom: left.bottom }
    case '+':
      return plus(left, right!)
    case '-':
      return minus(left, right!)
    case '*':
      return times(left, right!)
    case '/':
      return ratio(left.top * right!.bottom, left.bottom * right!.top)
    case '^':
      return power(left, right!)
    case '!':
      return factorial(left)
    case 'binom':
      return binomial(left, right!)
    case 'sqrt':
      return of.length === 1 ? squareRoot(left) : undefined
    case 'floor':
      return { top: floorOf(left), bottom: 1n }
    case 'ceil':
      return { top: -floorOf({ top: -left.top, bottom: left.bottom }), bottom: 1n }
    case 'max':
      return of.reduce((most, each) => (isLess(most, each) ? each : most))
    case 'min':
      return of.reduce((least, each) => (isLess(each, least) ? each : least))
    case 'gcd':
      return ofWholes(of, commonDivisor)
    case 'lcm':
      return ofWholes(of, (one, other) => (one === 0n ? 0n : (one / commonDivisor(one, other)) * other))
    default:
      return undefined
  }
}

/** Functions that are compared by their arguments, in any order if they have several. */
const opaque = new Set(['!', 'floor', 'ceil', 'gcd', 'lcm', 'max', 'min'])

/**
 * The remainder of an expression of sums, products, quotients and whole powers, with `valueOf` a name; constants such as π
 * count as variables, and so does a function such as ⌊n/2⌋ of a variable. Undefined for other operations.
 */
export function remainderOf(expression: Expression, valueOf: (name: string) => bigint): bigint | undefined {
  if ('number' in expression) return remainder(decimal(expression.number))
  if ('name' in expression) return modulo(valueOf(expression.name))
  const { operation, of } = expression
  if (operation === '^') return powerOf(of[0]!, of[1]!, valueOf) ?? remainder(rationalOf(expression))
  if (opaque.has(operation)) return remainder(rationalOf(expression)) ?? opaqueOf(operation, of, valueOf)
  if (operation === 'binom') return remainder(rationalOf(expression)) ?? choicesOf(of, valueOf)
  if (!arithmetic.has(operation)) return remainder(rationalOf(expression))
  const left = remainderOf(of[0]!, valueOf)
  if (left === undefined) return undefined
  if (operation === 'negative') return modulo(-left)
  const right = remainderOf(of[1]!, valueOf)
  if (right === undefined) return undefined
  if (operation === '/') return divide(left, right)
  return modulo(operation === '+' ? left + right : operation === '-' ? left - right : left * right)
}

const arithmetic = new Set(['+', '-', '*', '/', 'negative'])

function remainder(value: Rational | undefined): bigint | undefined {
  return value && (value.bottom === 1n ? modulo(value.top) : divide(value.top, value.bottom))
}

function powerOf(
  base: Expression,
  exponent: Expression,
  valueOf: (name: string) => bigint,
): bigint | undefined {
  const { top, bottom } = rationalOf(exponent) ?? { top: 0n, bottom: 0n }
  if (bottom !== 1n || magnitude(top) > largestExponent) return undefined
  const left = remainderOf(base, valueOf)
  if (left === undefined) return undefined
  const raised = raise(left, magnitude(top))
  return top < 0n ? divide(1n, raised) : raised
}

/** Undefined without a variable: 3 for ⌊π⌋ is found by calculation. */
function opaqueOf(
  operation: string,
  of: readonly Expression[],
  valueOf: (name: string) => bigint,
): bigint | undefined {
  if (!of.some(hasVariable)) return undefined
  const values = of.map(each => remainderOf(each, valueOf))
  return values.every(value => value !== undefined)
    ? modulo(valueOf(`${operation}(${values.map(String).toSorted().join()})`))
    : undefined
}

function choicesOf([n, k]: readonly Expression[], valueOf: (name: string) => bigint): bigint | undefined {
  const chosen = rationalOf(k!)
  const left = remainderOf(n!, valueOf)
  if (left === undefined || chosen?.bottom !== 1n || chosen.top < 0n || chosen.top > largestChoice)
    return undefined
  let product = 1n
  for (let step = 0n; step < chosen.top; step++) product = divide(modulo(product * (left - step)), step + 1n)!
  return product
}

/** Whether an expression has names other than those of constants. */
export function hasVariable(expression: Expression): boolean {
  if ('name' in expression) return expression.name !== 'π' && expression.name !== 'e'
  return 'number' in expression ? false : expression.of.some(hasVariable)
}

/** The quotient of two remainders; undefined if the divisor is 0. */
export function divide(top: bigint, bottom: bigint): bigint | undefined {
  const divisor = modulo(bottom)
  return divisor === 0n ? undefined : modulo(modulo(top) * raise(divisor, prime - 2n))
}

function raise(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, left = exponent; left > 0n; left >>= 1n, square = modulo(square * square)) {
    if (left & 1n) result = modulo(result * square)
  }
  return result
}

function modulo(value: bigint): bigint {
  const rest = value % prime
  return rest < 0n ? rest + prime : rest
}

function decimal(text: string): Rational | undefined {
  const [whole = '', decimals = ''] = text.split('.')
  return ratio(BigInt(`${whole}${decimals}`), 10n ** BigInt(decimals.length))
}

function power(base: Rational, { top, bottom }: Rational): Rational | undefined {
  if (bottom === 2n && base.top >= 0n) {
    const root = squareRoot(base)
    return root && power(root, { top, bottom: 1n })
  }
  const exponent = magnitude(top)
  const bits = BigInt(base.top.toString(2).length + base.bottom.toString(2).length)
  if (bottom !== 1n || exponent > largestPower || exponent * bits > 4000n) return undefined
  const [over, under] = [base.top ** exponent, base.bottom ** exponent]
  return top < 0n ? ratio(under, over) : ratio(over, under)
}

function floorOf({ top, bottom }: Rational): bigint {
  const quotient = top / bottom
  return top < 0n && quotient * bottom !== top ? quotient - 1n : quotient
}

function ofWholes(
  of: readonly Rational[],
  combine: (one: bigint, other: bigint) => bigint,
): Rational | undefined {
  if (!of.every(({ bottom }) => bottom === 1n)) return undefined
  return { top: of.map(({ top }) => magnitude(top)).reduce(combine), bottom: 1n }
}

function factorial({ top, bottom }: Rational): Rational | undefined {
  if (bottom !== 1n || top < 0n || top > 100n) return undefined
  let product = 1n
  for (let factor = 2n; factor <= top; factor++) product *= factor
  return { top: product, bottom: 1n }
}

function binomial(n: Rational, k: Rational): Rational | undefined {
  if (n.bottom !== 1n || k.bottom !== 1n || k.top < 0n || k.top > n.top || n.top > 300n) return undefined
  let product = 1n
  for (let step = 1n; step <= k.top; step++) product = (product * (n.top - k.top + step)) / step
  return { top: product, bottom: 1n }
}

function squareRoot({ top, bottom }: Rational): Rational | undefined {
  const [over, under] = [wholeRoot(top), wholeRoot(bottom)]
  return over === undefined || under === undefined ? undefined : { top: over, bottom: under }
}

function wholeRoot(square: bigint): bigint | undefined {
  if (square < 0n || square > 10n ** 30n) return undefined
  let root = BigInt(Math.round(Math.sqrt(Number(square))))
  for (let step = 0; step < 3 && root * root !== square && root > 0n; step++)
    root = (root + square / root) / 2n
  return root * root === square ? root : undefined
}
