import type { Member } from '../pool/member.ts'
import { admitted } from './admission.ts'
import type { RoutedCall } from './routed-call.ts'
import { withRoom } from './windows.ts'

/** The providers that may get a call next. */
export interface Candidates {
  /** Admitted, untried and within their rate limits; full ones are among them. */
  readonly members: readonly Member[]
  /**
   * When the first provider is within its rate limit, on the clock of `performance.now()`. Undefined if waiting does not
   * help: every provider has been tried, or is out.
   */
  readonly readyAt: number | undefined
}

/** Whether the configuration lets a provider answer a call, however it is doing. */
function isSuitable({ provider }: Member, { model, requiredProvider, passed }: RoutedCall): boolean {
  if (requiredProvider !== undefined && provider.name !== requiredProvider) return false
  if (passed && !provider.hasApi(passed.dialect)) return false
  return (passed && model === '') || provider.serves(model)
}

/**
 * The providers that may answer a call. One with `*` among its models gets only those that no other one names, and one with
 * a weight of 0 only those that no other one serves. One that an operator has drained gets none.
 */
export function suitableFor(pool: readonly Member[], routed: RoutedCall): readonly Member[] {
  const serving = without(pool, member => member.drain !== undefined || !isSuitable(member, routed))
  const suitable = serving.every(isLastChoice) ? serving : without(serving, isLastChoice)
  if (!suitable.some(({ provider }) => provider.models.rest)) return suitable
  const { model } = routed
  if (!suitable.some(({ provider }) => provider.models.isNamed(model))) return suitable
  return without(suitable, ({ provider }) => provider.models.rest && !provider.models.isNamed(model))
}

/** The providers that would answer the call, had an operator not drained them. */
export function drainedFor(pool: readonly Member[], routed: RoutedCall): readonly Member[] {
  return pool.filter(member => member.drain !== undefined && isSuitable(member, routed))
}

function isLastChoice(member: Member): boolean {
  return member.isLastChoice
}

/** Milliseconds until a provider's rate limit allows a call; 0: now; undefined: unknown until the store is asked. */
export function readyIn({ state }: Member, routed: RoutedCall, now: number): number | undefined {
  return state.rateLimit ? state.rateLimit.readyIn(routed.tokens, now) : 0
}

export function isFallback({ provider }: Member): boolean {
  return provider.config.fallback_only
}

/**
 * Those of the lowest priority number among the admitted, untried providers within their rate limits; `fallback_only` ones
 * only if there are no others.
 */
export function candidatesFor(pool: readonly Member[], routed: RoutedCall, now: number): Candidates {
  const ready: Member[] = []
  let soonest: number | undefined
  const suitable = withRoom(suitableFor(pool, routed), routed)
  for (const member of admitted(suitable, routed, now)) {
    if (!routed.allows(member, routed.config.routing.max_attempts)) continue
    // One whose rate limit is unknown is a candidate: the store is asked when it is chosen.
    const waitMs = readyIn(member, routed, now) ?? 0
    if (waitMs === 0) ready.push(member)
    soonest = Math.min(soonest ?? Number.POSITIVE_INFINITY, waitMs)
  }
  const regular = ready.every(isFallback) ? ready : without(ready, isFallback)
  const fresh = without(regular, member => routed.isSkipped(member))
  const members = lowestTier(fresh.length > 0 ? fresh : regular)
  return { members, readyAt: soonest === undefined ? undefined : now + soonest }
}

/** Whether two providers get calls at the same time, not one after the other has failed. */
export function isSameTier(one: Member, other: Member): boolean {
  return (
    one.provider.config.priority === other.provider.config.priority && isFallback(one) === isFallback(other)
  )
}

function lowestTier(members: readonly Member[]): readonly Member[] {
  const lowest = members.reduce((least, { provider }) => Math.min(least, provider.config.priority), Infinity)
  return without(members, ({ provider }) => provider.config.priority !== lowest)
}

/** The members that are left; the same list if none has to go, which is the rule. */
export function without(
  members: readonly Member[],
  isUnwanted: (member: Member) => boolean,
): readonly Member[] {
  return members.some(isUnwanted) ? members.filter(member => !isUnwanted(member)) : members
}
