import type { Conventions } from '../dialect.ts'
import type { ErrorFormat } from '../error-body.ts'

/** Anthropic's error body. */
export const messagesError: ErrorFormat = ({ error, status, requestId }) => ({
  type: 'error',
  error: {
    type: errorTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'),
    message: error.code === 'context_length_exceeded' ? inKnownWords(error.message) : error.message,
    ...(error.details ? { details: error.details } : {}),
  },
  request_id: requestId,
})

/** Clients compact a conversation when they read these words. */
function inKnownWords(message: string): string {
  return /prompt is too long/i.test(message) ? message : `prompt is too long: ${message}`
}

const errorTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The status of an overloaded service. */
export const overloadedStatus = 529

/** The conventions of Anthropic's clients. */
export const messagesConventions: Conventions = {
  errors: messagesError,
  overloadedStatus,
  requestIdHeader: 'request-id',
}
