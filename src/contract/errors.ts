import { errorTable } from './error-table.ts'
import type { ErrorCode } from './error-table.ts'

export interface ErrorOptions {
  readonly cause?: unknown
  /** The request field at fault. */
  readonly param?: string | undefined
  /** Another status than the table's, where a provider's own is kept. */
  readonly status?: number | undefined
  /** Seconds after which another try may succeed. */
  readonly retryAfter?: number | undefined
  /** Whether a client should try again; sent as `x-should-retry` where set. */
  readonly shouldRetry?: boolean | undefined
  /** A provider's own error object, kept where it is the client's business. */
  readonly upstream?: UpstreamErrorBody | undefined
}

/** The `error` object of OpenAI's error responses. */
export interface UpstreamErrorBody {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/** An error with a code of `errorTable`. The message says what, where and what to do; never a key or a prompt. */
export class HulumanageError extends Error {
  override readonly name = 'HulumanageError'
  readonly code: ErrorCode
  readonly status: number
  readonly type: string
  readonly param: string | undefined
  readonly retryAfter: number | undefined
  readonly shouldRetry: boolean | undefined
  readonly upstream: UpstreamErrorBody | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? errorTable[code].status
    this.type = errorTable[code].type
    this.param = options.param
    this.retryAfter = options.retryAfter
    this.shouldRetry = options.shouldRetry
    this.upstream = options.upstream
  }

  /** The same error with some of its facts replaced; this one becomes the cause unless another is given. */
  with(changes: ErrorOptions & { readonly message?: string }): HulumanageError {
    const { status, param, retryAfter, shouldRetry, upstream } = this
    const facts = { status, param, retryAfter, shouldRetry, upstream, cause: this, ...changes }
    return new HulumanageError(this.code, changes.message ?? this.message, facts)
  }
}

/** Any thrown value as a coded error; what has no code becomes `fallback` with the value as its cause. */
export function toHulumanageError(thrown: unknown, fallback: ErrorCode = 'internal_error'): HulumanageError {
  if (thrown instanceof HulumanageError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new HulumanageError(fallback, message, { cause: thrown })
}
