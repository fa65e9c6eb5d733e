import type { Member } from '../pool/member.ts'
import type { RoutedCall } from './routed-call.ts'

/** Whether a call is known to be too long for a provider's model; never, if the size of its context window is not known. */
function isTooSmall({ provider }: Member, routed: RoutedCall): boolean {
  const size = provider.models.windowOf(routed.model)
  // Reading `window` estimates the request, which takes a look at all of its messages.
  return size !== undefined && size < routed.window
}

/** The providers whose context windows may be large enough; all if none is, since a service knows better than an estimate. */
export function withRoom(members: readonly Member[], routed: RoutedCall): readonly Member[] {
  if (!members.some(({ provider }) => provider.models.hasWindows)) return members
  const fitting = members.filter(member => !isTooSmall(member, routed))
  return fitting.length === 0 || fitting.length === members.length ? members : fitting
}

/** Whether a call is known to be too long for its model, whichever provider serves it. */
export function fitsNowhere(members: readonly Member[], routed: RoutedCall): boolean {
  return members.length > 0 && members.every(member => isTooSmall(member, routed))
}

/**
 * Whether a provider is known to have a larger context window than one that has just refused a call as too long. From then
 * on, the call goes to none with a window that small.
 */
export function outgrows(refusing: Member, members: readonly Member[], routed: RoutedCall): boolean {
  const windowOf = ({ provider }: Member) => provider.models.windowOf(routed.model) ?? 0
  const window = windowOf(refusing)
  if (window === 0 || !members.some(member => windowOf(member) > window)) return false
  routed.outgrow(window)
  return true
}
