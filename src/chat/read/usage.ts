import type { Usage } from '../../contract/index.ts'
import { fieldsOf, withFields } from './fields.ts'
import type { Fields } from './fields.ts'

/**
 * The most tokens that a service may state for one answer: ten times the largest context window. Larger figures are
 * maximums of integer types, or times, and would use up rate limits and budgets.
 */
export const maxCount = 1e9

/** The most tokens that a total may have beyond those of prompt and completion: ten times the longest thoughts of a model. */
const maxApart = 2e6

/**
 * A provider's usage with sound figures: whole numbers from 0 to 1e9 (the total, to 2e9), under the names of chat
 * completions whatever the service calls them. Undefined if the tokens of prompt and completion are not both there. The object itself if it is sound.
 */
export function readUsage(value: unknown): Usage | undefined {
  const sent = fieldsOf(value)
  if (!sent) return undefined
  const prompt = countOf(sent['prompt_tokens']) ?? inputTokens(sent)
  const completion = countOf(sent['completion_tokens']) ?? countOf(sent['output_tokens'])
  if (prompt === undefined || completion === undefined) return undefined
  const details = completionDetails(sent)
  const total = totalOf(sent, prompt + completion, details)
  const thoughts = thoughtsApart(total - prompt - completion, details)
  const usage = withFields(sent, {
    prompt_tokens: prompt,
    completion_tokens: completion + thoughts,
    total_tokens: total,
    prompt_tokens_details: promptDetails(sent),
    completion_tokens_details: thoughts > 0 ? { ...details, reasoning_tokens: thoughts } : details,
    estimated: sent['estimated'] === true ? true : undefined,
  })
  return usage as unknown as Usage
}

/** A figure as a whole number within bounds; undefined for anything else. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= maxCount ? Math.floor(value) : undefined
}

/**
 * The total that a service states, if the tokens above `sum`, those of prompt and completion, are no more than the thoughts
 * of an answer may be, or are stated as such. The sum, otherwise: totals may be those of a day.
 */
function totalOf(sent: Fields, sum: number, details: Fields | undefined): number {
  const stated = countOf(sent['total_tokens'])
  if (stated === undefined) return sum
  const rest = stated - sum
  return rest <= maxApart || rest === details?.['reasoning_tokens'] ? stated : sum
}

/**
 * The tokens of thoughts that a service counts in the total alone, as xAI and Gemini do: OpenAI counts them as completion.
 * `rest`: the tokens that belong to neither prompt nor completion.
 */
function thoughtsApart(rest: number, details: Fields | undefined): number {
  const known = details?.['reasoning_tokens']
  return rest > 0 && (known === undefined || known === rest) ? rest : 0
}

/** Anthropic counts cached tokens apart from the others; in chat completions, they are part of the prompt. */
function inputTokens(sent: Fields): number | undefined {
  const input = countOf(sent['input_tokens'])
  if (input === undefined) return undefined
  const read = countOf(sent['cache_read_input_tokens']) ?? 0
  const written = countOf(sent['cache_creation_input_tokens']) ?? 0
  return countOf(input + read + written)
}

/** Tokens read from the cache: DeepSeek, Moonshot and Anthropic each have a name of their own for them. */
function promptDetails(sent: Fields): Fields | undefined {
  const details = countsOf(sent['prompt_tokens_details']) ?? countsOf(sent['input_tokens_details'])
  const cached =
    countOf(details?.['cached_tokens']) ??
    countOf(sent['prompt_cache_hit_tokens']) ??
    countOf(sent['cached_tokens']) ??
    countOf(sent['cache_read_input_tokens'])
  return cached === undefined ? details : withFields(details ?? {}, { cached_tokens: cached })
}

function completionDetails(sent: Fields): Fields | undefined {
  const details = countsOf(sent['completion_tokens_details']) ?? countsOf(sent['output_tokens_details'])
  const reasoning = countOf(details?.['reasoning_tokens']) ?? countOf(sent['reasoning_tokens'])
  return reasoning === undefined ? details : withFields(details ?? {}, { reasoning_tokens: reasoning })
}

/** The figures of an object, without anything else; the object itself if it has nothing else. */
function countsOf(value: unknown): Fields | undefined {
  const sent = fieldsOf(value)
  if (!sent) return undefined
  const counts: Record<string, number | undefined> = {}
  for (const name of Object.keys(sent)) counts[name] = countOf(sent[name])
  return withFields(sent, counts)
}
