import type { Expression } from './parse.ts'

/** Values of expressions are compared in the field of the remainders of this prime. */
const prime = 2n ** 61n - 1n
const largestPower = 1000n

/** A rational number in lowest terms. */
export interface Rational {
  readonly top: bigint
  readonly bottom: bigint
}

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
      return ratio(-left.top, left.bottom)
    case 'abs':
      return ratio(left.top < 0n ? -left.top : left.top, left.bottom)
    case '+':
      return ratio(left.top * right!.bottom + right!.top * left.bottom, left.bottom * right!.bottom)
    case '-':
      return ratio(left.top * right!.bottom - right!.top * left.bottom, left.bottom * right!.bottom)
    case '*':
      return ratio(left.top * right!.top, left.bottom * right!.bottom)
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
    default:
      return undefined
  }
}

/**
 * The remainder of an expression of sums, products, quotients and whole powers, with `valueOf` a name; constants such as π
 * count as variables. Undefined for other operations.
 */
export function remainderOf(expression: Expression, valueOf: (name: string) => bigint): bigint | undefined {
  const constant = rationalOf(expression)
  if (constant) return divide(constant.top, constant.bottom)
  if ('name' in expression) return modulo(valueOf(expression.name))
  if ('number' in expression) return undefined
  const [first, second] = expression.of
  const left = remainderOf(first!, valueOf)
  if (left === undefined) return undefined
  if (expression.operation === 'negative') return modulo(-left)
  if (expression.operation === '^') {
    const exponent = rationalOf(second!)
    if (exponent?.bottom !== 1n || magnitude(exponent.top) > largestPower) return undefined
    const raised = raise(left, magnitude(exponent.top))
    return exponent.top < 0n ? divide(1n, raised) : raised
  }
  const right = second && remainderOf(second, valueOf)
  if (right === undefined) return undefined
  switch (expression.operation) {
    case '+':
      return modulo(left + right)
    case '-':
      return modulo(left - right)
    case '*':
      return modulo(left * right)
    case '/':
      return divide(left, right)
    default:
      return undefined
  }
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

function ratio(top: bigint, bottom: bigint): Rational | undefined {
  if (bottom === 0n) return undefined
  let [a, b] = [magnitude(top), magnitude(bottom)]
  while (b !== 0n) [a, b] = [b, a % b]
  const sign = bottom < 0n ? -1n : 1n
  return { top: (sign * top) / a, bottom: (sign * bottom) / a }
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
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
