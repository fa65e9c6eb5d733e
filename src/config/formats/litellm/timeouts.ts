import { partsOf, valueAt } from '../../tree.ts'
import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'

/** The default of `timeouts.total`, in seconds. */
const defaultTotal = 600

/** Converts the time limits of a call. That of the router has precedence. */
export function convertTimeouts(
  router: ForeignMapping | undefined,
  settings: ForeignMapping | undefined,
): void {
  settings?.move('request_timeout', ['timeouts', 'request'])
  router?.move('timeout', ['timeouts', 'request'])
  router?.move('stream_timeout', ['timeouts', 'first_token'])
  if (router?.get('timeout') !== undefined)
    settings?.omit('request_timeout', 'router_settings.timeout takes precedence', 'nothing')
}

/** Leaves time for the longest call and one failover: LiteLLM limits no request as a whole. */
export function extendTotal(ours: Conversion): void {
  const limits = [ours.tree['timeouts'], ...partsOf(ours.tree['providers']).map(([, provider]) => provider)]
  const longest = Math.max(0, ...limits.flatMap(numbersIn))
  if (2 * longest > defaultTotal) ours.put(['timeouts', 'total'], 2 * longest, [])
}

/** The limits of one call that the timeouts or a provider set. */
function numbersIn(limits: unknown): readonly number[] {
  return ['request', 'first_token', 'timeout']
    .map(key => valueAt(limits, [key]))
    .filter(value => typeof value === 'number')
}
