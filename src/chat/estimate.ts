import type { ChatRequest, Usage } from '../contract/index.ts'
import { textOf } from './completion.ts'

/** Average number of characters in a token of English text, with the common tokenizers. */
export const charactersPerToken = 4

/** A rough usage, marked as estimated, for answers that report none. */
export function estimateUsage(request: ChatRequest, completionCharacters: number): Usage {
  let promptCharacters = 0
  for (const message of request.messages) promptCharacters += textOf(message).length
  const prompt_tokens = Math.ceil(promptCharacters / charactersPerToken)
  const completion_tokens = Math.ceil(completionCharacters / charactersPerToken)
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    estimated: true,
  }
}

/** A provider's usage if its figures are sound (finite and not negative), else undefined. */
export function soundUsage(usage: unknown): Usage | undefined {
  if (typeof usage !== 'object' || usage === null) return undefined
  const { prompt_tokens, completion_tokens, total_tokens } = usage as Record<string, unknown>
  if (!isCount(prompt_tokens) || !isCount(completion_tokens)) return undefined
  if (isCount(total_tokens)) return usage as Usage
  return { ...(usage as Usage), total_tokens: prompt_tokens + completion_tokens }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
