import type { Member } from '../pool/member.ts'
import type { RoutedCall } from './routed-call.ts'

/**
 * The earliest time at which one of the providers may be able to take the call, on the clock of `performance.now()`: once
 * its rest is over and its rate limit allows it. Infinity if all have been tried. It may well be later, never earlier.
 */
export function soonestFor(suitable: readonly Member[], routed: RoutedCall, now: number): number {
  const { target, config } = routed
  const left = suitable.filter(member => routed.allows(member, config.routing.max_attempts))
  return left.reduce((soonest, member) => {
    const rested = member.state.breaker.availableAt(target)
    return Math.min(soonest, Math.max(rested, now + limitMs(member, routed, now)))
  }, Number.POSITIVE_INFINITY)
}

/** Milliseconds for which the rate limit certainly allows no call; running calls may give back what they reserved. */
function limitMs({ state }: Member, routed: RoutedCall, now: number): number {
  return state.rateLimit?.leastWaitMs(routed.tokens, now) ?? 0
}
