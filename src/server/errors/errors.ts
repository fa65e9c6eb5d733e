import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { ErrorCode } from '../../contract/index.ts'
import { openaiError } from '../../dialects/error-body.ts'
import type { PublicError } from '../../dialects/error-body.ts'
import type { Conventions } from '../../dialects/dialect.ts'

/** An error as it is sent to a client. */
export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

/** Maximum seconds after which a client is asked to try again; the SDKs ignore longer waits. */
const maxRetrySeconds = 60

/** The one place where errors become responses. The details of an error without a code of ours stay in the log. */
export function errorAnswer(
  error: HulumanageError,
  requestId: string,
  { errors: format = openaiError, overloadedStatus }: Conventions = {},
): ErrorAnswer {
  const isOverloaded = error.code === 'upstream_overloaded' && overloadedStatus !== undefined
  const status = isOverloaded ? overloadedStatus : error.status
  return { status, headers: headersOf(error), body: format({ ...publicError(error, requestId), status }) }
}

/** The public part of an error, for a response or an event in a stream. */
export function publicError(error: HulumanageError, requestId: string): PublicError {
  const { status, code, type, param } = error
  const rest = { status, requestId, mayPass: isWorthRetrying(error) }
  if (error.upstream) return { error: error.upstream, ...rest }
  const message =
    code === 'internal_error'
      ? `Internal error; for details, see the log for request id ${requestId}`
      : error.message
  return { error: { message, type, param: param ?? null, code }, ...rest }
}

/** Whether a retry by the client may succeed: a provider failed, not the request, its budget or its deadline. */
export function isWorthRetrying({ code, status, shouldRetry }: HulumanageError): boolean {
  return status >= 500 && shouldRetry !== false && code !== 'deadline_exceeded' && code !== 'budget_time'
}

/** Converts any thrown value to an error with a code, including errors of Fastify and its plugins. */
export function codedError(thrown: unknown): HulumanageError {
  if (thrown instanceof HulumanageError) return thrown
  const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown }
  const known = typeof code === 'string' ? frameworkErrors[code] : undefined
  if (known) return new HulumanageError(known.code, known.message, { cause: thrown, status: known.status })
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return toHulumanageError(thrown, 'invalid_value').with({ cause: thrown, status: statusCode })
  }
  return new HulumanageError('internal_error', 'An error in the server', { cause: thrown })
}

const frameworkErrors: Readonly<
  Record<string, { readonly code: ErrorCode; readonly message: string; readonly status?: number }>
> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'The request body must be JSON; send content-type: application/json',
  },
  FST_ERR_BAD_URL: { code: 'unknown_url', message: 'The URL cannot be decoded', status: 400 },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'unknown_url', message: 'The URL is too long' },
}

function headersOf(error: HulumanageError): Record<string, string> {
  const headers: Record<string, string> = {}
  const shouldRetry = error.shouldRetry ?? (isFinal(error) ? false : undefined)
  const seconds = secondsToWait(error, shouldRetry)
  if (seconds !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(seconds)))
    headers['retry-after-ms'] = String(Math.max(0, Math.round(seconds * 1000)))
  }
  if (shouldRetry !== undefined) headers['x-should-retry'] = String(shouldRetry)
  return headers
}

/**
 * The seconds that a client should wait; undefined if waiting is not known to help. For an error that a client should not
 * retry, it is the full time, such as the time until the next period of a budget.
 */
function secondsToWait(
  { status, retryAfter }: HulumanageError,
  shouldRetry: boolean | undefined,
): number | undefined {
  if (status !== 429 && status !== 503) return undefined
  return shouldRetry === false ? retryAfter : Math.min(retryAfter ?? 1, maxRetrySeconds)
}

/** Whether the same request would fail again. */
function isFinal({ code, status }: HulumanageError): boolean {
  if (code.startsWith('budget_') || code === 'insufficient_quota' || code === 'deadline_exceeded') return true
  return status >= 400 && status < 500 && status !== 408 && status !== 409 && status !== 429
}
