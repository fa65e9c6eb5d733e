import type { CostsInAnswers } from '../config/sections/costs.ts'
import type { MeterReading, RequestCost } from '../contract/index.ts'
import { fieldsOf } from './read/fields.ts'

/** The cost of nothing. */
export const noCost: RequestCost = Object.freeze({ usd: 0, wasted_usd: 0 })
/** The cost of attempts of which one has an unknown price. */
export const unknownCost: RequestCost = Object.freeze({ usd: null, wasted_usd: null })

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

/** Which answers have their cost: `asked` is `auto` for a client that asks for the cost, so that relayed answers have it, too. */
export type CostMode = CostsInAnswers | 'asked'

/** The mode for a request; `asked`: whether its client asks for the cost, which the configuration may refuse. */
export function costModeFor(mode: CostsInAnswers, asked: boolean | undefined): CostMode {
  return asked && mode === 'auto' ? 'asked' : mode
}

/** Whether answers that are relayed get their cost. */
export function addsToRelayed(mode: CostMode): boolean {
  return mode === 'always' || mode === 'asked'
}

type Event = Readonly<Record<string, unknown>>

/**
 * The body or event of an answer with the cost in its usage, in whatever format: at the top, or in the `response` of an
 * event of Responses. The same object if it has no usage, or is not to have the cost.
 */
export function withCost<T extends object>(
  event: T,
  { attempts, cost }: Pick<MeterReading, 'attempts' | 'cost'>,
  mode: CostMode,
): T {
  if (mode === 'never' || (mode !== 'always' && (attempts === 0 || cost.usd === null))) return event
  const { usage, response } = event as Event
  const counts = fieldsOf(usage)
  if (counts) return { ...event, usage: { ...counts, ...costFields(cost) } }
  const inner = fieldsOf(response)
  return inner ? { ...event, response: withCost(inner, { attempts, cost }, mode) } : event
}

/** `cost` in OpenRouter's form, and the details for which it has no field. */
function costFields(cost: RequestCost): Event {
  const { usd = null, ...details } = shownCost(cost) ?? {}
  return Object.keys(details).length > 0 ? { cost: usd, cost_details: details } : { cost: usd }
}
