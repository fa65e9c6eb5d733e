import type { Usage } from '../../../contract/index.ts'
import type { CallRow } from '../../../ledger/columns.ts'

const tokenColumns = [
  'prompt',
  'completion',
  'cached',
  'cache_write',
  'reasoning',
  'wasted',
  'estimated',
] as const

/** The columns for tokens; each is null if the provider did not report it. */
export type Tokens = Pick<CallRow, (typeof tokenColumns)[number]>

const unknown: Tokens = {
  prompt: null,
  completion: null,
  cached: null,
  cache_write: null,
  reasoning: null,
  wasted: null,
  estimated: null,
}

/** The tokens of a call. `unused`: the part of its answer that was not used, from 0 to 1. */
export function tokensOf(usage: Usage | undefined, unused: number): Tokens {
  if (!usage) return unknown
  const { prompt_tokens, completion_tokens, total_tokens, estimated } = usage
  const { prompt_tokens_details: prompts, completion_tokens_details: completions } = usage
  return {
    prompt: prompt_tokens,
    completion: completion_tokens,
    cached: prompts?.['cached_tokens'] ?? null,
    cache_write: prompts?.['cache_creation_tokens'] ?? null,
    reasoning: completions?.['reasoning_tokens'] ?? null,
    // The prompt was needed for the choices that were used.
    wasted: unused < 1 ? Math.round(completion_tokens * unused) : total_tokens,
    estimated: estimated === true ? 1 : null,
  }
}

/** The tokens of all calls. What no call reports is null. */
export function sumOfTokens(calls: readonly CallRow[]): Tokens {
  // Most requests make one call.
  if (calls.length === 1) return pickTokens(calls[0]!)
  const sums: Record<keyof Tokens, number | null> = { ...(unknown as Record<keyof Tokens, null>) }
  for (const call of calls) {
    for (const name of tokenColumns) {
      const value = call[name]
      if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value
    }
  }
  if (sums.estimated !== null) sums.estimated = 1
  return sums
}

function pickTokens({
  prompt,
  completion,
  cached,
  cache_write,
  reasoning,
  wasted,
  estimated,
}: CallRow): Tokens {
  return { prompt, completion, cached, cache_write, reasoning, wasted, estimated }
}
