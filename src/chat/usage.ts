import type { Usage } from '../contract/index.ts'

/** The sum of two usages, details included; marked as estimated if either is. */
export function addUsage(one: Usage, other: Usage): Usage {
  const prompt = addDetails(one.prompt_tokens_details, other.prompt_tokens_details)
  const completion = addDetails(one.completion_tokens_details, other.completion_tokens_details)
  return {
    prompt_tokens: one.prompt_tokens + other.prompt_tokens,
    completion_tokens: one.completion_tokens + other.completion_tokens,
    total_tokens: one.total_tokens + other.total_tokens,
    ...(prompt ? { prompt_tokens_details: prompt } : {}),
    ...(completion ? { completion_tokens_details: completion } : {}),
    ...(one.estimated || other.estimated ? { estimated: true } : {}),
  }
}

type Details = Readonly<Record<string, number>> | null | undefined

function addDetails(one: Details, other: Details): Record<string, number> | undefined {
  if (!one && !other) return undefined
  const sum: Record<string, number> = { ...one }
  for (const [name, count] of Object.entries(other ?? {})) {
    if (typeof count === 'number') sum[name] = (Object.hasOwn(sum, name) ? sum[name]! : 0) + count
  }
  return sum
}

/** The sum of two usages, either of which may be unknown; undefined if both are. */
export function sumUsage(one: Usage | null | undefined, other: Usage | null | undefined): Usage | undefined {
  if (one && other) return addUsage(one, other)
  return one ?? other ?? undefined
}

/** Usage with the count of reasoning tokens, which clients add up unchecked: 0 if it is unknown. */
export function withReasoningCount(usage: Usage): Usage {
  const { completion_tokens_details: details } = usage
  if (details?.['reasoning_tokens'] !== undefined) return usage
  return { ...usage, completion_tokens_details: { ...details, reasoning_tokens: 0 } }
}
