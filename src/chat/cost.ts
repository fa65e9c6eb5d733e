import type { MeterReading, RequestCost } from '../contract/index.ts'

/** The sum of two costs: unknown if either is, and marked as an estimate if either is. */
export function sumCost(one: RequestCost, other: RequestCost): RequestCost {
  return {
    usd: plus(one.usd, other.usd),
    wasted_usd: plus(one.wasted_usd, other.wasted_usd),
    ...(one.estimated || other.estimated ? { estimated: true } : {}),
  }
}

function plus(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other
}

/** USD without the noise of binary fractions: to the tenth decimal, far below the price of any token. */
export function roundedUsd(usd: number): number {
  return Math.round(usd * 1e10) / 1e10
}

/** A cost as logs and clients see it: rounded, and without parts that it does not have. Undefined if it is unknown. */
export function shownCost({
  usd,
  wasted_usd: wasted,
  estimated,
}: RequestCost): Partial<RequestCost> | undefined {
  if (usd === null) return undefined
  return {
    usd: roundedUsd(usd),
    ...(wasted ? { wasted_usd: roundedUsd(wasted) } : {}),
    ...(estimated ? { estimated } : {}),
  }
}

/** The same for a request; undefined also if no provider was asked, as for an answer from the cache. */
export function costShownOf({
  attempts,
  cost,
}: Pick<MeterReading, 'attempts' | 'cost'>): Partial<RequestCost> | undefined {
  return attempts === 0 ? undefined : shownCost(cost)
}
