/** The largest weight of a provider. */
const maxWeight = 1_000_000

/** Converts shares such as 0.7 and 0.3 to the smallest whole numbers in about the same proportion. 0, which means none, stays 0. */
export function wholeWeights(shares: readonly number[]): number[] {
  const scale = [1, 10, 100, 1000].find(factor => shares.every(share => isWhole(share * factor))) ?? 1000
  const whole = shares.map(share => (share === 0 ? 0 : Math.max(1, Math.round(share * scale))))
  const smallest = scale === 1 ? whole : reduced(whole)
  const excess = Math.max(1, ...smallest.map(weight => weight / maxWeight))
  return excess === 1 ? smallest : smallest.map(weight => weight && Math.max(1, Math.round(weight / excess)))
}

/** Whole numbers divided by their greatest common divisor. */
export function reduced(whole: readonly number[]): number[] {
  const divisor = whole.reduce(greatestCommonDivisor, 0) || 1
  return whole.map(weight => weight / divisor)
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right)
}
