import type { ChatRequest } from './chat.ts'

/**
 * Asks a scoring service of the operator. Resolves with a score from 0 (useless) to 1 for each answer to the conversation of
 * a request, in order; undefined for one that the service does not score. Rejects with `step_failed` if the service fails.
 */
export type Scoring = (
  request: ChatRequest,
  answers: readonly string[],
) => Promise<readonly (number | undefined)[]>
