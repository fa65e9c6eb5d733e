import type { Usage } from '../../contract/index.ts'

/** USD per million tokens; `tiers` replace `base` for all tokens of a call whose prompt is longer than their `over`. */
export interface TieredRate {
  readonly base: number
  readonly tiers: readonly { readonly over: number; readonly rate: number }[]
}

export type Rate = number | TieredRate

/** The rates of a model, in USD per million tokens, and per call. A missing one is that of the whole it is a part of. */
export interface Rates {
  readonly input: Rate
  readonly output: Rate
  readonly cached_input?: Rate | undefined
  readonly cache_write?: Rate | undefined
  readonly reasoning?: Rate | undefined
  readonly call?: number | undefined
}

/**
 * The cost of a call in USD. Tokens read from a cache or written to one are a part of the prompt. Tokens of thoughts are a
 * part of the completion, unless the total shows that the service counts them apart. Parts that exceed their whole are cut.
 */
export function costOfUsage(rates: Rates, usage: Usage): number {
  const { prompt_tokens: prompt, completion_tokens: completion } = usage
  const { cached_tokens = 0, cache_creation_tokens = 0 } = usage.prompt_tokens_details ?? {}
  const cached = Math.min(cached_tokens, prompt)
  const written = Math.min(cache_creation_tokens, prompt - cached)
  const thought = thoughtsIn(usage)
  const { input, output, cached_input = input, cache_write = input, reasoning = output, call = 0 } = rates
  const millionths =
    (prompt - cached - written) * rateAt(input, prompt) +
    cached * rateAt(cached_input, prompt) +
    written * rateAt(cache_write, prompt) +
    (completion - thought.inside) * rateAt(output, prompt) +
    (thought.inside + thought.apart) * rateAt(reasoning, prompt)
  return millionths / 1_000_000 + call
}

/** Tokens of thoughts, inside of the completion's and apart from them. */
function thoughtsIn({
  prompt_tokens,
  completion_tokens,
  total_tokens,
  completion_tokens_details: details,
}: Usage) {
  const thoughts = details?.['reasoning_tokens'] ?? 0
  const isApart = thoughts > 0 && total_tokens - prompt_tokens - completion_tokens >= thoughts
  return isApart
    ? { inside: 0, apart: thoughts }
    : { inside: Math.min(thoughts, completion_tokens), apart: 0 }
}

function rateAt(rate: Rate, prompt: number): number {
  if (typeof rate === 'number') return rate
  return rate.tiers.reduce((found, { over, rate: higher }) => (prompt > over ? higher : found), rate.base)
}
