import type { Config } from '../../src/config/schema.ts'
import type { ChatRequest, Done, Meter, RequestState } from '../../src/contract/index.ts'

/** In its normal spelling a chain starts with the wrappers that govern all of it. */
const aroundAll = /^(?:[a-z0-9_]+-)*cache(?:-|$)/

/** How an answer ends that would be the same another time. */
const wholeEnds: ReadonlySet<unknown> = new Set(['stop', 'length', 'tool_calls', 'function_call'])

/**
 * Whether the cache has a say in a request. In parentheses it has none: there it stands under steps that ask the same
 * several times to get different answers.
 */
export function takesPart(
  request: ChatRequest,
  { chain, source }: RequestState,
  { when }: Config['cache'],
): boolean {
  // What only one service can be asked may change what it keeps.
  if (source?.only) return false
  return aroundAll.test(chain) && (when === 'always' || isDeterministic(request))
}

function isDeterministic({ temperature, seed }: ChatRequest): boolean {
  return temperature === 0 || typeof seed === 'number'
}

/** Whether an answer that has ended may stand for later ones: whole, with all its choices, no branch left out, and not cut short by a budget. */
export function mayBeKept({ finish, error }: Done, { n }: ChatRequest, meter: Meter): boolean {
  if (error !== undefined || meter.spent !== undefined || meter.partial) return false
  // A choice that never came leaves a hole, which `every` would pass over.
  return finish.length >= (n ?? 1) && Array.from(finish).every(reason => wholeEnds.has(reason))
}
