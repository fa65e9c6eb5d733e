import { fieldsOf } from '../chat/read/fields.ts'
import { isAboutCount } from '../chat/refused-count.ts'
import type { UpstreamErrorBody } from '../contract/index.ts'
import { retryAfterOf } from '../http/retry-after.ts'
import { errorBodyOf, readErrorBody } from './error-body.ts'
import { AttemptFailure } from './failure.ts'
import type { FailureOptions } from './failure.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/**
 * Reads a provider's error status and body into a failure. Nothing of `secrets` is repeated: providers tell the key they
 * were sent.
 */
export function failureOfStatus(
  provider: string,
  status: number,
  headers: Headers,
  body: string,
  secrets: readonly string[] = [],
): AttemptFailure {
  return failureOf(provider, status, retryAfterOf(headers), withCode(readErrorBody(body, secrets), status))
}

const aboutKeys: ReadonlySet<number> = new Set([401, 402, 403, 429])

/**
 * The failure of a call made with the client's own key, if it is about the key: the client gets the service's message
 * and status, and the provider's health does not change.
 */
export function withClientsKey(failure: AttemptFailure): AttemptFailure {
  const { blame, code, provider, upstreamStatus: status, retryAfter, upstream } = failure
  if ((blame !== 'key' && blame !== 'limited') || status === undefined || !aboutKeys.has(status))
    return failure
  const message = `refused the key of the client, or asks it to wait (status ${status})`
  const options = { provider, blame: 'client', upstreamStatus: status, status, retryAfter, upstream } as const
  return new AttemptFailure(code, message, { ...options, shouldRetry: code === 'rate_limit_exceeded' })
}

/** An error object inside an answer of status 200 or in a stream: read by its own code. */
export function failureOfErrorObject(
  provider: string,
  error: unknown,
  secrets: readonly string[] = [],
): AttemptFailure {
  const body = errorBodyOf(error, secrets)
  const { code: sentCode, status: sentStatus } = fieldsOf(error) ?? {}
  const code = Number(typeof sentCode === 'object' ? undefined : (sentCode ?? sentStatus))
  const named = body ? statusOfName(`${body.type} ${body.code}`) : undefined
  const status = Number.isInteger(code) && code >= 400 && code <= 599 ? code : (named ?? 500)
  return failureOf(provider, status, undefined, withCode(body, status))
}

function failureOf(
  provider: string,
  status: number,
  retryAfter: number | undefined,
  body: UpstreamErrorBody | undefined,
): AttemptFailure {
  const options = { provider, upstreamStatus: status, upstream: body }
  const said = body ? `: ${body.message}` : ''
  const words = body ? `${body.code} ${body.type} ${body.message}` : ''
  if (
    status === 402 ||
    (status !== 401 && /insufficient_quota|credit balance|billing_hard_limit/i.test(words))
  ) {
    return key('insufficient_quota', `has no credit left (status ${status})`, options)
  }
  if (status === 401 || status === 403)
    return key('upstream_auth', `refused our key (status ${status})`, options)
  if (status === 404) {
    return new AttemptFailure('model_not_found', `does not have the model or path (status 404)${said}`, {
      ...options,
      blame: 'model',
    })
  }
  if (status === 429) return limited(`asks to wait (status 429)`, retryAfter, options)
  if (status === 529 || (status === 503 && retryAfter !== undefined))
    return overloaded(`is overloaded (status ${status})${said}`, retryAfter, options)
  if (status === 408 || status === 409 || status === 425) return failing(`answered ${status}${said}`, options)
  // Some servers answer 500 to a request for several choices; they are well.
  const refusesCount = status >= 500 && body !== undefined && isAboutCount(body)
  if ((status >= 400 && status < 500) || refusesCount) {
    return new AttemptFailure('upstream_rejected', `refused the request (status ${status})${said}`, {
      ...options,
      blame: 'request',
      status: refusesCount ? 400 : status,
      shouldRetry: false,
    })
  }
  if (status >= 500 && status < 600) return failing(`answered ${status}${said}`, options)
  return new AttemptFailure('upstream_bad_response', `answered with status ${status}, which is no answer`, {
    ...options,
    blame: 'failing',
  })
}

type Options = Omit<FailureOptions, 'blame'>

function key(
  code: 'insufficient_quota' | 'upstream_auth',
  message: string,
  options: Options,
): AttemptFailure {
  return new AttemptFailure(code, message, { ...options, blame: 'key', shouldRetry: false })
}

function limited(message: string, retryAfter: number | undefined, options: Options): AttemptFailure {
  return new AttemptFailure('rate_limit_exceeded', message, { ...options, blame: 'limited', retryAfter })
}

/** It asks for a pause if it says how long. */
function overloaded(message: string, retryAfter: number | undefined, options: Options): AttemptFailure {
  const blame = retryAfter === undefined ? 'failing' : 'limited'
  return new AttemptFailure('upstream_overloaded', message, { ...options, blame, retryAfter })
}

function failing(message: string, options: Options): AttemptFailure {
  const code =
    options.upstreamStatus === 504 || options.upstreamStatus === 524 ? 'upstream_timeout' : 'upstream_error'
  return new AttemptFailure(code, message, { ...options, blame: 'failing' })
}

function statusOfName(name: string): number | undefined {
  if (/overloaded/i.test(name)) return 529
  if (/rate_limit|resource_exhausted/i.test(name)) return 429
  if (/authentication|invalid_api_key|permission/i.test(name)) return 401
  if (/invalid_request|context_length|content_filter|content_policy/i.test(name)) return 400
  if (/not_found/i.test(name)) return 404
  return undefined
}

/** The wordings of services for a conversation that is too long. */
const tooLong =
  /prompt is too long|maximum context length|context (?:window|length)|too many (?:input )?tokens/i

/** An error with the code that OpenAI's clients rely on, if a service has only a message or a type for it. */
function withCode(body: UpstreamErrorBody | undefined, status: number): UpstreamErrorBody | undefined {
  if (!body || (body.code !== null && !/^\d+$/.test(body.code))) return body
  if (status === 429 && /rate_limit/.test(body.type)) return { ...body, code: 'rate_limit_exceeded' }
  const isTooLong = (status === 400 || status === 413) && tooLong.test(body.message)
  return isTooLong ? { ...body, code: 'context_length_exceeded' } : body
}
