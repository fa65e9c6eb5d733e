import { errorTable } from './error-table.ts'
import type { ErrorCode } from './error-table.ts'

export interface ErrorOptions {
  readonly cause?: unknown
  /** The request field at fault. */
  readonly param?: string | undefined
  /** A status other than the table's, to keep a provider's own. */
  readonly status?: number | undefined
  /** Seconds after which a retry may succeed. */
  readonly retryAfter?: number | undefined
  /** Whether the client should retry; sent as `x-should-retry` if set. */
  readonly shouldRetry?: boolean | undefined
  /** The provider's own error object, if it concerns the client. */
  readonly upstream?: UpstreamErrorBody | undefined
  /** Headers with the limits of the provider, which belong to its own error object. */
  readonly limits?: Readonly<Record<string, string>> | undefined
}

/** The `error` object of OpenAI's error responses. */
export interface UpstreamErrorBody {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
  /** Further facts that a service adds for its own clients, such as Anthropic's `error.details`. */
  readonly details?: object
}

/**
 * An error with a code of `errorTable`. The message says what happened, where, and what to do; it never contains a key
 * or a prompt.
 */
export class HulumanageError extends Error {
  override readonly name = 'HulumanageError'
  readonly code: ErrorCode
  readonly status: number
  readonly type: string
  readonly param: string | undefined
  readonly retryAfter: number | undefined
  readonly shouldRetry: boolean | undefined
  readonly upstream: UpstreamErrorBody | undefined
  readonly limits: Readonly<Record<string, string>> | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? errorTable[code].status
    this.type = errorTable[code].type
    this.param = options.param
    this.retryAfter = options.retryAfter
    this.shouldRetry = options.shouldRetry
    this.upstream = options.upstream
    this.limits = options.limits
  }

  /**
   * A copy of this error with some fields replaced. This one becomes its cause unless another is given. A new message also
   * replaces the words of the service, which clients would get in its place.
   */
  with(changes: ErrorOptions & { readonly message?: string }): HulumanageError {
    const { status, param, retryAfter, shouldRetry, limits } = this
    const { message } = changes
    const upstream = this.upstream && message !== undefined ? { ...this.upstream, message } : this.upstream
    const options = { status, param, retryAfter, shouldRetry, upstream, limits, cause: this, ...changes }
    return new HulumanageError(this.code, changes.message ?? this.message, options)
  }
}

/** Turns any thrown value into a coded error: one without a code gets `fallback`, and the value as its cause. */
export function toHulumanageError(thrown: unknown, fallback: ErrorCode = 'internal_error'): HulumanageError {
  if (thrown instanceof HulumanageError) return thrown
  return new HulumanageError(fallback, messageOf(thrown), { cause: thrown })
}

/** The words of anything that was thrown, which may be hostile to readers: a plugin's proxy, or a getter that throws. */
export function messageOf(thrown: unknown): string {
  try {
    const words: unknown = thrown instanceof Error ? thrown.message : thrown
    // oxlint-disable-next-line typescript/no-base-to-string -- whatever it is, and it may throw
    return String(words)
  } catch {
    return 'an error that cannot be read'
  }
}

/** The error that was thrown, or one with the words of anything else. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(messageOf(thrown))
}
