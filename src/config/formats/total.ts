import { interpolate } from '../interpolate.ts'
import { convertText } from '../text-values.ts'
import type { Path } from '../problems.ts'
import { isMapping, partsOf, valueAt } from '../tree.ts'

/** The default of `timeouts.total`, in seconds. */
const defaultTotal = 600
/** The longest time limit, in seconds. */
const maxSeconds = 2_147_483
const limitNames = ['request', 'first_token', 'timeout']

/**
 * Leaves time for the longest call and one failover in the values of a foreign file, after its references are resolved, if
 * they are to count: the programs it is for limit no request as a whole unless it says so.
 */
export function extendTotal(tree: Record<string, unknown>): void {
  if (valueAt(tree, ['timeouts', 'total']) !== undefined) return
  const limits = [tree['timeouts'], ...partsOf(tree['providers']).map(([, provider]) => provider)]
  const longest = Math.max(0, ...limits.flatMap(numbersIn))
  if (2 * longest <= defaultTotal) return
  const timeouts = isMapping(tree['timeouts']) ? tree['timeouts'] : {}
  tree['timeouts'] = { ...timeouts, total: Math.min(2 * longest, maxSeconds) }
}

/** The limits of one call that `extendTotal` cannot know, because they refer to variables. */
export function unknownLimits(tree: Record<string, unknown>): readonly Path[] {
  if (valueAt(tree, ['timeouts', 'total']) !== undefined) return []
  const places: Path[] = [
    ['timeouts'],
    ...partsOf(tree['providers']).map(([index]): Path => ['providers', index]),
  ]
  return places
    .flatMap(place => limitNames.map(name => [...place, name]))
    .filter(path => isReference(valueAt(tree, path)))
}

/** The longest call, in seconds, after which there is time for another as long. */
export function longestRepeatable(tree: Record<string, unknown>): number {
  const total = valueAt(tree, ['timeouts', 'total'])
  return (typeof total === 'number' ? total : defaultTotal) / 2
}

/** The limits of one call that the timeouts or a provider set. */
function numbersIn(limits: unknown): readonly number[] {
  return limitNames
    .map(key => valueAt(limits, [key]))
    .map(value => (typeof value === 'string' ? convertText(value, 'number') : value))
    .filter(value => typeof value === 'number')
}

function isReference(value: unknown): boolean {
  return typeof value === 'string' && interpolate(value, {}).changed
}
