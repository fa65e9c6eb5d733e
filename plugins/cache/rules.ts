import type { Config } from '../../src/config/schema.ts'
import type { ServedRequest } from '../../src/chat/provider-call.ts'
import type { ChatRequest, ReplyEnd } from '../../src/contract/index.ts'

/** In its canonical spelling, a chain starts with the wrappers that apply to all of it. */
const wrapsWholeChain = /^(?:[a-z0-9_]+-)*cache(?:-|$)/

/** Finish reasons of a complete answer. */
const completeEnds: ReadonlySet<unknown> = new Set(['stop', 'length', 'tool_calls', 'function_call'])

/**
 * Whether the cache applies to a request. In parentheses it does not: there it is below steps that repeat a request in
 * order to get different answers.
 */
export function isCacheable(
  request: ChatRequest,
  { chain, source, operation }: ServedRequest,
  { when }: Config['cache'],
): boolean {
  // A request that only one service can answer may change the state it keeps.
  if (source?.only) return false
  const repeats = operation === 'embeddings' || isDeterministic(request)
  return wrapsWholeChain.test(chain) && (when === 'always' || repeats)
}

function isDeterministic({ temperature, seed }: ChatRequest): boolean {
  return temperature === 0 || typeof seed === 'number'
}

/**
 * Whether a finished answer may be reused: complete, with all choices, no failed branch, neither cut short by a budget nor
 * continued by another model.
 */
export function isStorable(
  { finish, error }: ReplyEnd,
  { n }: ChatRequest,
  { meter, operation }: Pick<ServedRequest, 'meter' | 'operation'>,
): boolean {
  if (error !== undefined || meter.spent !== undefined || meter.partial) return false
  if (meter.recovered?.some(({ by }) => by === 'continue')) return false
  // The border has checked that there is one for each input.
  if (operation === 'embeddings') return true
  // A choice that never arrived leaves a hole, which `every` would skip.
  return finish.length >= (n ?? 1) && Array.from(finish).every(reason => completeEnds.has(reason))
}
