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
