import type { UpstreamErrorBody } from '../contract/index.ts'

/** The part of an error that a client may see. */
export interface PublicError {
  readonly error: UpstreamErrorBody
  readonly status: number
  readonly requestId: string
  /** Whether a retry by the client may succeed: a provider failed, not the request or its budget. */
  readonly mayPass: boolean
}

/** Writes the body of an error response as the clients of a dialect expect it. */
export type ErrorFormat = (error: PublicError) => object

/** OpenAI's error body, used on every path without a format of its own. */
export const openaiError: ErrorFormat = ({ error: { details: _details, ...error } }) => ({ error })

/** Words by which agents recognize that a failed stream is worth a retry. */
const knownWords = /connection lost|server error|overloaded/i

/**
 * An error as an event in the middle of a stream. There, clients have no status: a temporary error gets a type and
 * words that agents retry on.
 */
export function inStream({ error, ...rest }: PublicError): PublicError {
  if (!rest.mayPass) return { error, ...rest }
  const message = knownWords.test(error.message)
    ? error.message
    : `Connection lost, server error: ${error.message}`
  return { ...rest, error: { ...error, type: 'server_error', message } }
}
