import type { FastifyReply } from 'fastify'
import type { Outcome } from '../chain/request.ts'
import { costShownOf } from '../chat/cost.ts'
import { comment } from '../text/sse.ts'
import { decimalUsd } from '../text/usd.ts'
import type { Wire } from '../contract/index.ts'

/**
 * Sets the headers of an answer: the facts about it that are known so far, and the headers of the provider if its body
 * is relayed. Headers that hooks have set, such as the limits of our own clients, stay.
 */
export function setAnswerHeaders(
  response: FastifyReply,
  { reply, approach, meter }: Outcome,
  relayed: Wire | undefined,
): void {
  for (const name in relayed?.headers) {
    if (!response.hasHeader(name)) response.header(name, relayed.headers[name])
  }
  response.header('x-hulumanage-approach', headerSafe(approach))
  response.header('x-hulumanage-calls', String(meter.calls))
  response.header('x-hulumanage-attempts', String(meter.attempts))
  if (meter.provider !== undefined) response.header('x-hulumanage-provider', headerSafe(meter.provider))
  if (reply.head.cache !== undefined) response.header('x-hulumanage-cache', reply.head.cache)
  if (meter.spent !== undefined) response.header('x-hulumanage-budget', meter.spent)
  if (meter.degraded !== undefined) response.header('x-hulumanage-degraded', headerSafe(meter.degraded))
}

/** Sets the header with the cost of an answer that is complete, if it is known. */
export function setCostHeader(response: FastifyReply, { meter }: Outcome): void {
  const { usd } = meter.cost
  if (usd !== null && meter.attempts > 0) response.header('x-hulumanage-cost', decimalUsd(usd))
}

/** The same facts as a comment at the end of a stream, whose headers went out before they were final. */
export function answerComment({ reply, meter }: Outcome): string {
  const { calls, attempts, provider, spent, degraded, recovered } = meter
  const cost = meter.cost.usd === null ? undefined : costShownOf(meter)
  const facts = {
    calls,
    attempts,
    provider,
    cache: reply.head.cache,
    cost,
    budget: spent,
    degraded,
    recovered,
  }
  return comment(`hulumanage ${JSON.stringify(facts)}`)
}

/** Replaces the characters that a name from the configuration may contain and a header may not. */
export function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?')
}
