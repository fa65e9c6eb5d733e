/** The middle of the values and the range of the middle half of them. */
export interface Summary {
  readonly median: number
  /** The first quartile. */
  readonly low: number
  /** The third quartile. */
  readonly high: number
}

/** Median and quartiles, interpolated between neighbours. NaN for no values. */
export function summarize(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) }
}

/** The median, which is the mean of the middle two of an even number of values. NaN for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/**
 * The ratio of each round. Both lists have one value a round: two servers are only compared within a round, because the
 * speed of the machine changes between rounds.
 */
export function ratiosPerRound(values: readonly number[], baseline: readonly number[]): number[] {
  if (values.length !== baseline.length) throw new RangeError('both need one value for each round')
  return values.map((value, round) => value / (baseline[round] ?? Number.NaN))
}

/** The items in the order of a round: each round begins with another one, so that none always goes first. */
export function orderOfRound<T>(items: readonly T[], round: number): T[] {
  if (items.length === 0) return []
  const first = round % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}
