import type { FastifyReply } from 'fastify'
import type { Outcome } from '../chain/request.ts'
import type { Meter, Wire } from '../contract/index.ts'

/** What a request has used, as far as it is told to the client. */
export type Tally = Pick<Meter, 'calls' | 'attempts' | 'provider' | 'usage' | 'spent'>

/** The outcome of a chain, or of several that answer one request. */
export interface Answered extends Pick<Outcome, 'reply' | 'approach' | 'trace'> {
  readonly meter: Tally
}

/**
 * Sets what is known of an answer so far as headers of the response, and those of the provider whose body is relayed,
 * but for those that hooks have set already, such as the limits of our own clients.
 */
export function setAnswerHeaders(
  response: FastifyReply,
  { reply, approach, meter }: Answered,
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
}

/** The same at the end of a stream, whose head could not know it: a comment in the stream. */
export function answerComment({ reply, meter }: Answered): string {
  const { calls, attempts, provider, spent } = meter
  return `: hulumanage ${JSON.stringify({ calls, attempts, provider, cache: reply.head.cache, budget: spent })}\n\n`
}

/** Names from the configuration may hold what a header may not. */
export function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?')
}
