import { errorTable, HulumanageError } from '../contract/index.ts'
import type { ErrorCode, ErrorOptions } from '../contract/index.ts'

const allCodes = Object.keys(errorTable) as ErrorCode[]

/** The codes that attempts at models fail with because of a provider or the connection to it. */
export const failureCodes: readonly ErrorCode[] = [
  ...allCodes.filter(code => code.startsWith('upstream_')),
  'rate_limit_exceeded',
  'insufficient_quota',
  'model_not_found',
  'overloaded',
]

/** Whose fault a failed attempt is, and with that what it does to the provider's health and whether others are asked. */
export type Blame =
  /** The request itself: passed through, never retried, never counted. */
  | 'request'
  /** The provider's API has no words for the request: nothing was sent, and another provider may have them. */
  | 'unable'
  /** Nobody's: the client left, time for the whole request is up, or this process is out of sockets. */
  | 'nobody'
  /** No connection: out at once. */
  | 'unreachable'
  /** No answer in time: counted, for the request may be what takes long. */
  | 'slow'
  /** Answered with an error or with nonsense: counted. */
  | 'failing'
  /** Asks to wait. */
  | 'limited'
  /** Refuses our key, or its credit is used up. */
  | 'key'
  /** Refuses the call without saying why: counted. Another key may be allowed to make it. */
  | 'refused'
  /** Refuses or limits the client's key, which does not concern other clients. */
  | 'client'
  /** Does not have this model. */
  | 'model'

export interface FailureOptions extends ErrorOptions {
  readonly provider: string
  readonly blame: Blame
  /** HTTP status the provider sent, if it sent one. */
  readonly upstreamStatus?: number | undefined
}

/** One attempt that did not give an answer. */
export class AttemptFailure extends HulumanageError {
  readonly provider: string
  readonly blame: Blame
  readonly upstreamStatus: number | undefined
  /** Whether no other provider can be asked, whoever is to blame, because the body of the request is used up. */
  final = false

  constructor(code: ErrorCode, message: string, options: FailureOptions) {
    super(code, `Provider "${options.provider}": ${message}`, options)
    this.provider = options.provider
    this.blame = options.blame
    this.upstreamStatus = options.upstreamStatus
  }

  /** Whether it says anything about the provider's health. */
  get counts(): boolean {
    return !['unable', 'request', 'nobody', 'client'].includes(this.blame)
  }

  /** A summary in our own words, for clients who must not see the provider's words about another client's request. */
  get summary(): string {
    return this.upstreamStatus === undefined ? this.code : `${this.code} (status ${this.upstreamStatus})`
  }

  /** Whether another provider may do better. */
  get retryable(): boolean {
    return !this.final && this.blame !== 'request' && this.blame !== 'nobody'
  }
}

/** The failure of a provider that sent something other than an answer. */
export function badResponse(provider: string, message: string, cause?: unknown): AttemptFailure {
  return new AttemptFailure('upstream_bad_response', message, { provider, blame: 'failing', cause })
}

/** The failure of a stream that ended without an end of the answer. */
export function truncatedStream(provider: string, hasContent: boolean): AttemptFailure {
  const seen = hasContent ? 'broke off its stream' : 'ended its stream before any content'
  const message = `${seen}: neither [DONE] nor a finish reason came`
  return new AttemptFailure('upstream_truncated', message, { provider, blame: 'failing' })
}
