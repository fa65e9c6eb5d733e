import type { Outcome } from '../chain/types.ts'
import type { Meter } from '../contract/index.ts'

/** What a request has used, as far as it is told to the client. */
export type Tally = Pick<Meter, 'calls' | 'attempts' | 'provider' | 'usage'>

/** The outcome of a chain, or of several that answer one request. */
export interface Answered extends Pick<Outcome, 'reply' | 'approach' | 'budgetSpent'> {
  readonly meter: Tally
}

/** What is known of an answer so far, as response headers. */
export function answerHeaders({ reply, approach, meter, budgetSpent }: Answered): Record<string, string> {
  const headers: Record<string, string> = {
    'x-hulumanage-approach': headerSafe(approach),
    'x-hulumanage-calls': String(meter.calls),
    'x-hulumanage-attempts': String(meter.attempts),
  }
  if (meter.provider !== undefined) headers['x-hulumanage-provider'] = headerSafe(meter.provider)
  if (reply.head.cache !== undefined) headers['x-hulumanage-cache'] = reply.head.cache
  if (budgetSpent !== undefined) headers['x-hulumanage-budget'] = budgetSpent
  return headers
}

/** The same at the end of a stream, whose head could not know it: a comment in the stream. */
export function answerComment({ reply, meter, budgetSpent }: Answered): string {
  const { calls, attempts, provider } = meter
  return `: hulumanage ${JSON.stringify({ calls, attempts, provider, cache: reply.head.cache, budget: budgetSpent })}\n\n`
}

/** Names from the configuration may hold what a header may not. */
export function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?')
}
