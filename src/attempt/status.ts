import { fieldsOf } from '../chat/read/fields.ts'
import { isAboutCount } from '../chat/refused-count.ts'
import type { ErrorCode, UpstreamErrorBody } from '../contract/index.ts'
import { passedHeaders } from '../http/headers.ts'
import { resetOf, retryAfterIn, retryAfterOf } from '../http/retry-after.ts'
import { errorBodyOf, readErrorBody } from './error-body.ts'
import { AttemptFailure } from './failure.ts'
import type { Blame, FailureOptions } from './failure.ts'
import { withCode } from './verdict/openai-code.ts'
import { subjectOf } from './verdict/subject.ts'
import type { Subject } from './verdict/subject-rules.ts'

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
  const told = retryAfterOf(headers) ?? retryAfterIn(body, status)
  const retryAfter = told ?? (status === 429 ? resetOf(headers) : undefined)
  return failureOf(
    provider,
    status,
    retryAfter,
    readErrorBody(body, secrets),
    passedHeaders(headers, secrets),
  )
}

/** Verdicts that may be about the key of a call, or about what it may use. */
const aboutKeys: ReadonlySet<Blame> = new Set(['key', 'limited', 'refused', 'model'])
/** Statuses of a service that has no such endpoint: it may have others, and clients choose the endpoint. */
const aboutEndpoint: ReadonlySet<number> = new Set([405, 501])
/**
 * Statuses below 500 that are about the service: refused by a proxy on the way, late, in conflict, on the wrong connection, behind
 * it (Azure), early, without capacity (Groq), and closed by a proxy on the way.
 */
const aboutService: ReadonlySet<number> = new Set([407, 408, 409, 421, 424, 425, 498, 499])
/** Statuses of an overloaded service, which concerns everybody. */
const overloaded: ReadonlySet<number> = new Set([503, 529])

/**
 * The failure of a call made with the client's own key, if it may be about the key: the client gets the service's message
 * and status, and the provider's health does not change.
 */
export function withClientsKey(failure: AttemptFailure): AttemptFailure {
  const { blame, code, provider, upstreamStatus: status, retryAfter, upstream, limits } = failure
  if (!aboutKeys.has(blame) || status === undefined || overloaded.has(status)) return failure
  const message =
    blame === 'model'
      ? `does not offer the model to the key of the client (status ${status})`
      : `refused the key of the client, or asks it to wait (status ${status})${upstream ? `: ${upstream.message}` : ''}`
  const options = {
    provider,
    blame: 'client',
    upstreamStatus: status,
    status,
    retryAfter,
    upstream,
    limits,
  } as const
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
  return failureOf(provider, status, undefined, body)
}

/** The verdict on an error: by what it says, if that is clear, else by its status. */
function failureOf(
  provider: string,
  status: number,
  retryAfter: number | undefined,
  sent: UpstreamErrorBody | undefined,
  limits?: Readonly<Record<string, string>>,
): AttemptFailure {
  const subject = subjectOf(sent, status)
  const body = withCode(sent, status, subject)
  const options = { provider, upstreamStatus: status, upstream: body, limits }
  const said = `(status ${status})${body ? `: ${body.message}` : ''}`
  const verdict = subject && verdictOf(subject, said, retryAfter, options)
  return verdict ?? statusVerdict(status, said, retryAfter, options)
}

function verdictOf(
  subject: Subject,
  said: string,
  retryAfter: number | undefined,
  options: Options,
): AttemptFailure {
  const status = options.upstreamStatus
  switch (subject) {
    case 'key':
      return key('upstream_auth', `refused our key (status ${status})`, options)
    case 'permission':
      return refused('upstream_auth', `does not let our key do this ${said}`, options)
    case 'credit':
      return key('insufficient_quota', `has no credit left (status ${status})`, options)
    case 'location':
      return refused(
        'upstream_auth',
        `does not serve the location of this server (status ${status})`,
        options,
      )
    case 'model':
      return failed('model_not_found', 'model', `does not have the model or path ${said}`, options)
    case 'feature':
      return unable('model_not_found', `cannot serve this request ${said}`, options)
    case 'size':
      return unable(
        status === 402 ? 'insufficient_quota' : 'rate_limit_exceeded',
        `does not allow our account a request of this size ${said}`,
        options,
      )
    case 'overload':
      return overload(`is overloaded ${said}`, retryAfter, options)
    case 'limit':
      return limited(`asks to wait ${said}`, retryAfter, options)
    case 'moderation':
      // The prompt or the account, and the words do not tell which: neither may take the service out for others.
      if (status >= 500) return unable('upstream_rejected', `refused the request ${said}`, options)
      return rejected(said, options)
    case 'length':
    case 'connector':
      return rejected(said, options)
  }
}

function statusVerdict(
  status: number,
  said: string,
  retryAfter: number | undefined,
  options: Options,
): AttemptFailure {
  if (status === 401) return key('upstream_auth', `refused our key (status ${status})`, options)
  if (status === 402) return key('insufficient_quota', `has no credit left (status ${status})`, options)
  if (status === 403) return refused('upstream_auth', `refused our key (status ${status})`, options)
  if (status === 451) return refused('upstream_auth', `refuses for legal reasons ${said}`, options)
  if (status === 404)
    return failed('model_not_found', 'model', `does not have the model or path ${said}`, options)
  // A limit of this server, or of one in front of it: others take larger bodies.
  if (status === 413) return unable('upstream_rejected', `refused the request ${said}`, options)
  if (status === 429) return limited(`asks to wait ${said}`, retryAfter, options)
  if (status === 529 || (status === 503 && retryAfter !== undefined))
    return overload(`is overloaded ${said}`, retryAfter, options)
  // Some servers answer 500 to a request for several choices; they are well.
  const refusesCount = status >= 500 && options.upstream !== undefined && isAboutCount(options.upstream)
  if (refusesCount) return rejected(said, options)
  if (aboutEndpoint.has(status))
    return unable('model_not_found', `does not have the endpoint ${said}`, options)
  if (status >= 400 && status < 500 && !aboutService.has(status)) return rejected(said, options)
  if (status >= 400 && status < 600) return failing(`failed ${said}`, options)
  return failed(
    'upstream_bad_response',
    'failing',
    `answered with status ${status}, which is no answer`,
    options,
  )
}

interface Options extends Omit<FailureOptions, 'blame'> {
  readonly upstreamStatus: number
}

function failed(code: ErrorCode, blame: Blame, message: string, options: Options): AttemptFailure {
  return new AttemptFailure(code, message, { ...options, blame })
}

function rejected(said: string, options: Options): AttemptFailure {
  const status = passedStatus(options)
  const message = `refused the request ${said}`
  return new AttemptFailure('upstream_rejected', message, {
    ...options,
    blame: 'request',
    status,
    shouldRetry: false,
  })
}

function key(
  code: 'insufficient_quota' | 'upstream_auth',
  message: string,
  options: Options,
): AttemptFailure {
  return new AttemptFailure(code, message, { ...options, blame: 'key', shouldRetry: false })
}

function refused(code: ErrorCode, message: string, options: Options): AttemptFailure {
  return new AttemptFailure(code, message, { ...options, blame: 'refused', shouldRetry: false })
}

/** The service cannot do what this request asks, which says nothing about others. */
function unable(code: ErrorCode, message: string, options: Options): AttemptFailure {
  const status = passedStatus(options)
  return new AttemptFailure(code, message, { ...options, blame: 'unable', status, shouldRetry: false })
}

/** The service's status for the client; an error of 500 and more is not this server's, and becomes the status of its code. */
function passedStatus({ upstreamStatus }: Options): number | undefined {
  return upstreamStatus < 500 ? upstreamStatus : undefined
}

function limited(message: string, retryAfter: number | undefined, options: Options): AttemptFailure {
  return new AttemptFailure('rate_limit_exceeded', message, { ...options, blame: 'limited', retryAfter })
}

/** It asks for a pause if it says how long, or by its status. */
function overload(message: string, retryAfter: number | undefined, options: Options): AttemptFailure {
  const asksToWait = retryAfter !== undefined || options.upstreamStatus === 429
  const blame = asksToWait ? 'limited' : 'failing'
  return new AttemptFailure('upstream_overloaded', message, { ...options, blame, retryAfter })
}

function failing(message: string, options: Options): AttemptFailure {
  const isLate = options.upstreamStatus === 504 || options.upstreamStatus === 524
  return failed(isLate ? 'upstream_timeout' : 'upstream_error', 'failing', message, options)
}

function statusOfName(name: string): number | undefined {
  if (/overloaded/i.test(name)) return 529
  if (/rate_limit|usage_limit|resource_exhausted/i.test(name)) return 429
  if (/authentication|invalid_api_key|permission/i.test(name)) return 401
  if (/invalid_request|context_length|content_filter|content_policy|^validation\b/i.test(name)) return 400
  if (/not_found/i.test(name)) return 404
  return undefined
}
