import type { UpstreamErrorBody } from '../contract/index.ts'

/** What a client may know of an error. */
export interface ToldError {
  readonly error: UpstreamErrorBody
  readonly status: number
  readonly requestId: string
}

/** Writes the body of an error response as the clients of a dialect expect it. */
export type ErrorFormat = (told: ToldError) => object

/** OpenAI's error body, which is that of every path without a format of its own. */
export const openaiError: ErrorFormat = ({ error }) => ({ error })
