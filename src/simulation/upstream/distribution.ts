import type { Distribution } from '../scenario/schema.ts'

/** Draws a value. `random` draws from 0 to below 1, once for each value. */
export type Sampler = (random: () => number) => number

/** The 95th and 99th percentile of the standard normal distribution. */
const z95 = 1.644_853_626_951_472_2
const z99 = 2.326_347_874_040_840_8

/** How to draw from a distribution of the scenario. */
export function samplerOf({ always, mean, min, max, p50, p95, p99, quantiles }: Distribution): Sampler {
  if (quantiles) return random => between(quantiles, random())
  if (p50 !== undefined) {
    const [high, z] = p95 === undefined ? [p99!, z99] : [p95, z95]
    const spread = Math.log(high / p50) / z
    return random => p50 * Math.exp(spread * normalQuantile(random()))
  }
  if (mean !== undefined) return random => -mean * Math.log(1 - random())
  if (min !== undefined) return random => min + (max! - min) * random()
  return () => always!
}

/** The value at a share of the way from the least quantile to the greatest. */
function between(quantiles: readonly number[], at: number): number {
  const place = at * (quantiles.length - 1)
  const low = Math.floor(place)
  const [below, above] = [quantiles[low]!, quantiles[low + 1] ?? quantiles[low]!]
  return below + (above - below) * (place - low)
}

/**
 * The quantile of the standard normal distribution, by the rational approximation of Peter Acklam (2003), whose relative error
 * is below 1.15e-9.
 */
export function normalQuantile(share: number): number {
  const p = Math.min(Math.max(share, 1e-12), 1 - 1e-12)
  if (p < tail) return tailQuantile(Math.sqrt(-2 * Math.log(p)))
  if (p > 1 - tail) return -tailQuantile(Math.sqrt(-2 * Math.log(1 - p)))
  const q = p - 0.5
  const r = q * q
  return (polynomial(a, r) * q) / (polynomial(b, r) * r + 1)
}

const tail = 0.02425
const a = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
]
const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572]
const c = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]

function tailQuantile(q: number): number {
  return polynomial(c, q) / (polynomial(d, q) * q + 1)
}

/** By Horner's rule, the highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0
  for (const coefficient of coefficients) value = value * x + coefficient
  return value
}
