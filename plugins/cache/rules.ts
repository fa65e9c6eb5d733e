import type { Config } from '../../src/config/schema.ts'
import type { ServedRequest } from '../../src/chat/provider-call.ts'
import type { ChatRequest, MeterReading, ReplyEnd } from '../../src/contract/index.ts'

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
  { chain, source }: ServedRequest,
  { when }: Config['cache'],
): boolean {
  // A request that only one service can answer may change the state it keeps.
  if (source?.only) return false
  return wrapsWholeChain.test(chain) && (when === 'always' || isDeterministic(request))
}

function isDeterministic({ temperature, seed }: ChatRequest): boolean {
  return temperature === 0 || typeof seed === 'number'
}

/** Whether a finished answer may be reused: complete, with all choices, no failed branch, and not cut short by a budget. */
export function isStorable({ finish, error }: ReplyEnd, { n }: ChatRequest, meter: MeterReading): boolean {
  if (error !== undefined || meter.spent !== undefined || meter.partial) return false
  // A choice that never arrived leaves a hole, which `every` would skip.
  return finish.length >= (n ?? 1) && Array.from(finish).every(reason => completeEnds.has(reason))
}
