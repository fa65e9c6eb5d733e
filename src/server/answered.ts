import type { Outcome } from '../chain/types.ts'
import type { Meter } from '../contract/index.ts'

/** What a request has used, as far as it is told to the client. */
export type Tally = Pick<Meter, 'calls' | 'attempts' | 'provider' | 'usage' | 'spent'>

/** The outcome of a chain, or of several that answer one request. */
export interface Answered extends Pick<Outcome, 'reply' | 'approach' | 'trace'> {
  readonly meter: Tally
}

/** What is known of an answer so far, as response headers. */
export function answerHeaders({ reply, approach, meter }: Answered): Record<string, string> {
  const headers: Record<string, string> = {
    'x-hulumanage-approach': headerSafe(approach),
    'x-hulumanage-calls': String(meter.calls),
    'x-hulumanage-attempts': String(meter.attempts),
  }
  if (meter.provider !== undefined) headers['x-hulumanage-provider'] = headerSafe(meter.provider)
  if (reply.head.cache !== undefined) headers['x-hulumanage-cache'] = reply.head.cache
  if (meter.spent !== undefined) headers['x-hulumanage-budget'] = meter.spent
  return headers
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
