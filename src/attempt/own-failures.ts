import { UnreadableAnswer } from '../chat/read/unreadable.ts'
import type { ErrorCode } from '../contract/index.ts'
import { HulumanageError, toHulumanageError } from '../contract/index.ts'
import type { TimerName } from './attempt-timer.ts'
import { AttemptFailure, badResponse } from './failure.ts'
import type { Blame } from './failure.ts'
import { isOfClientsKey } from './options.ts'
import type { AttemptOptions } from './options.ts'
import { withClientsKey } from './status.ts'

/** The event that did not come in time, by the name of its timer. */
const missing: Record<TimerName, string> = {
  request: 'no answer',
  pass_through: 'no answer',
  first_token: 'no first content',
  idle: 'no further event',
  ending: 'no end of the stream',
  linger: 'no end after [DONE]',
}

/** An attempt whose timer has run out. `status` is the provider's, if it sent one. */
export function timeoutFailure(
  options: AttemptOptions,
  timer: TimerName,
  status: number | undefined,
): AttemptFailure {
  const message = `${missing[timer]} within the ${timer} timeout`
  return failure(options, 'upstream_timeout', message, timer === 'idle' ? 'failing' : 'slow', status)
}

const unwanted = { code: 'client_closed', message: 'the answer is no longer wanted' } as const

/** An attempt whose signal has aborted, with the reason's own code. */
export function abortFailure(options: AttemptOptions, status: number | undefined): AttemptFailure {
  const reason = toHulumanageError(options.call.signal.reason, 'client_closed')
  return failure(options, reason.code, reason.message, 'nobody', status, reason)
}

/** An attempt whose reader has left; a coded reason decides what is reported. */
export function cancelFailure(
  options: AttemptOptions,
  status: number | undefined,
  reason?: unknown,
): AttemptFailure {
  const { code, message } = reason instanceof HulumanageError ? reason : unwanted
  return failure(options, code, message, 'nobody', status)
}

/** An answer of more than `limit` bytes. */
export function sizeFailure(options: AttemptOptions, limit: number): AttemptFailure {
  return failure(options, 'upstream_too_large', `sent more than ${limit} bytes`, 'failing', 200)
}

/** An answer that could not be read because of `cause`; a coded one has the say. */
export function unreadableFailure(options: AttemptOptions, cause: unknown): AttemptFailure {
  if (cause instanceof AttemptFailure) return isOfClientsKey(options) ? withClientsKey(cause) : cause
  const { name } = options.provider
  if (cause instanceof HulumanageError)
    return failure(options, cause.code, cause.message, 'failing', 200, cause)
  const message = cause instanceof UnreadableAnswer ? cause.message : 'sent an answer that could not be read'
  return badResponse(name, message, cause)
}

function failure(
  { provider: { name: provider } }: AttemptOptions,
  code: ErrorCode,
  message: string,
  blame: Blame,
  upstreamStatus: number | undefined,
  cause?: unknown,
): AttemptFailure {
  return new AttemptFailure(code, message, { provider, blame, upstreamStatus, cause })
}
