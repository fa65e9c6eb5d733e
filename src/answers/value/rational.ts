/** A rational number in lowest terms; the sign is that of `top`. */
export interface Rational {
  readonly top: bigint
  readonly bottom: bigint
}

export const zero: Rational = { top: 0n, bottom: 1n }
export const one: Rational = { top: 1n, bottom: 1n }

/** A quotient in lowest terms; undefined if the divisor is 0. */
export function ratio(top: bigint, bottom: bigint): Rational | undefined {
  return bottom === 0n ? undefined : reduced(top, bottom)
}

/** The sum of two numbers. */
export function plus(left: Rational, right: Rational): Rational {
  return reduced(left.top * right.bottom + right.top * left.bottom, left.bottom * right.bottom)
}

/** The difference of two numbers. */
export function minus(left: Rational, right: Rational): Rational {
  return plus(left, negative(right))
}

/** The product of two numbers. */
export function times(left: Rational, right: Rational): Rational {
  return reduced(left.top * right.top, left.bottom * right.bottom)
}

/** The number with the other sign. */
export function negative({ top, bottom }: Rational): Rational {
  return { top: -top, bottom }
}

/** Whether one number is less than another. */
export function isLess(one: Rational, other: Rational): boolean {
  return one.top * other.bottom < other.top * one.bottom
}

/** The number without its sign. */
export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** The greatest common divisor of two numbers that are not negative. */
export function commonDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/** A number as text, such as `-1/2`. */
export function fractionText({ top, bottom }: Rational): string {
  return `${top}/${bottom}`
}

/** The number that such a text is. */
export function fractionOf(text: string): Rational {
  const [top = 0n, bottom = 1n] = text.split('/').map(BigInt)
  return { top, bottom }
}

/** The double next to a number. */
export function doubleOf({ top, bottom }: Rational): number {
  return Number(top) / Number(bottom)
}

function reduced(top: bigint, bottom: bigint): Rational {
  if (bottom === 1n) return { top, bottom }
  const common = commonDivisor(magnitude(top), magnitude(bottom))
  const sign = bottom < 0n ? -1n : 1n
  return { top: (sign * top) / common, bottom: (sign * bottom) / common }
}
