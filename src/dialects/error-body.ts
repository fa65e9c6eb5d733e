import type { UpstreamErrorBody } from '../contract/index.ts'

/** The part of an error that a client may see. */
export interface PublicError {
  readonly error: UpstreamErrorBody
  readonly status: number
  readonly requestId: string
}

/** Writes the body of an error response as the clients of a dialect expect it. */
export type ErrorFormat = (error: PublicError) => object

/** OpenAI's error body, used on every path without a format of its own. */
export const openaiError: ErrorFormat = ({ error: { details: _details, ...error } }) => ({ error })
