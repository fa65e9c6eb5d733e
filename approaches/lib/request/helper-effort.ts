import { z } from 'zod'
import { effortOf, withEffort } from '../../../src/plugin.ts'
import type { ChatRequest } from '../../../src/plugin.ts'

/** Reasoning efforts, the lowest first. */
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/** The param that `withHelperEffort` takes. */
export const helperEffort = z
  .enum(efforts)
  .optional()
  .describe(
    'reasoning effort of grades, comparisons and plans if the request sets a higher one; by default low',
  )

/**
 * The request with the reasoning effort of a helper call, if the client asks for a higher one: most of the cost would go into
 * judging. A client that asks for none leaves it to the model, which may know no efforts.
 */
export function withHelperEffort(
  request: ChatRequest,
  effort: (typeof efforts)[number] = 'low',
): ChatRequest {
  const rank = (given: unknown): number => efforts.findIndex(name => name === given)
  return rank(effortOf(request)) > rank(effort) ? withEffort(request, effort) : request
}
