interface Definition {
  readonly status: number
  readonly type: string
  /** What has happened, for the table in `docs/errors.md`. */
  readonly when: string
}

const bad = 'invalid_request_error'

/** Every error that a client or an operator can meet, by its code. `docs/errors.md` is generated from it. */
export const errorTable = {
  invalid_json: { status: 400, type: bad, when: 'the request body is not JSON' },
  invalid_value: {
    status: 400,
    type: bad,
    when: 'a field of the request has a wrong type or is out of range',
  },
  invalid_chain: { status: 400, type: bad, when: 'the chain does not parse; the message shows the spot' },
  unknown_approach: { status: 400, type: bad, when: 'a chain names a step that is not loaded' },
  recursive_approach: { status: 400, type: bad, when: 'a chain or proxy_wrap reaches itself' },
  chain_too_long: {
    status: 400,
    type: bad,
    when: 'a chain has more steps, branches or levels than the server allows',
  },
  n_too_large: { status: 400, type: bad, when: 'n asks for more choices than the server allows' },
  budget_too_small: { status: 400, type: bad, when: 'the worst case of the chain does not fit its budget' },
  upstream_rejected: {
    status: 400,
    type: bad,
    when: 'the provider says the request itself is at fault; its status and error are kept',
  },
  invalid_api_key: { status: 401, type: 'authentication_error', when: 'the client key is missing or wrong' },
  forbidden: {
    status: 403,
    type: 'permission_error',
    when: 'a web page of another site calls a server that asks for no key',
  },
  model_not_found: { status: 404, type: bad, when: 'no provider serves the model' },
  unknown_url: { status: 404, type: bad, when: 'no such path' },
  method_not_allowed: { status: 405, type: bad, when: 'the path exists, the method does not' },
  request_timeout: { status: 408, type: bad, when: 'the client took too long to send its request' },
  request_too_large: { status: 413, type: bad, when: 'the request body is over the limit' },
  unsupported_media_type: { status: 415, type: bad, when: 'the request body is not application/json' },
  headers_too_large: { status: 431, type: bad, when: 'the request headers are over the limit' },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    when: 'every provider that could answer asks to wait, or the client came more often than `rate_limit` allows',
  },
  insufficient_quota: {
    status: 429,
    type: 'insufficient_quota',
    when: 'the keys of every provider have no credit left',
  },
  queue_full: { status: 429, type: 'rate_limit_error', when: 'as many requests wait as may wait' },
  budget_calls: {
    status: 429,
    type: 'insufficient_quota',
    when: 'the next model call would exceed the budget of calls',
  },
  budget_tokens: { status: 429, type: 'insufficient_quota', when: 'the budget of tokens is used up' },
  client_closed: { status: 499, type: bad, when: 'the client has gone; only in logs' },
  internal_error: { status: 500, type: 'server_error', when: 'a fault of ours' },
  step_failed: { status: 500, type: 'server_error', when: 'a step threw' },
  step_result: { status: 500, type: 'server_error', when: 'a step returned something that is no answer' },
  reply_read: { status: 500, type: 'server_error', when: 'a step read the body of a reply twice' },
  no_answer: { status: 502, type: 'upstream_error', when: 'an approach got no usable candidate' },
  upstream_error: { status: 502, type: 'upstream_error', when: 'the provider failed' },
  upstream_auth: { status: 502, type: 'upstream_error', when: 'the provider refused our key' },
  upstream_tls: {
    status: 502,
    type: 'upstream_error',
    when: 'the certificate of the provider is not trusted',
  },
  upstream_bad_response: {
    status: 502,
    type: 'upstream_error',
    when: 'the provider sent something that is no answer',
  },
  upstream_truncated: { status: 502, type: 'upstream_error', when: 'the answer broke off' },
  upstream_too_large: { status: 502, type: 'upstream_error', when: 'the answer is over the limit' },
  upstream_unreachable: { status: 503, type: 'service_unavailable', when: 'no connection to the provider' },
  no_healthy_upstream: {
    status: 503,
    type: 'service_unavailable',
    when: 'every provider that could answer is down',
  },
  no_upstream: {
    status: 503,
    type: 'service_unavailable',
    when: 'neither a provider nor a base URL is configured',
  },
  queue_timeout: { status: 503, type: 'service_unavailable', when: 'no provider slot came free in time' },
  draining: { status: 503, type: 'service_unavailable', when: 'the server is shutting down' },
  overloaded: {
    status: 503,
    type: 'service_unavailable',
    when: 'the server is out of a resource of its own',
  },
  upstream_timeout: { status: 504, type: 'upstream_timeout', when: 'the provider did not answer in time' },
  deadline_exceeded: { status: 504, type: 'upstream_timeout', when: 'the time for the whole request is up' },
  budget_time: { status: 504, type: 'upstream_timeout', when: 'the budget of seconds is used up' },
  config_invalid: {
    status: 500,
    type: 'server_error',
    when: 'the configuration has problems; each with file, line and path',
  },
  step_invalid: {
    status: 500,
    type: 'server_error',
    when: 'a plugin file exports something that is no step',
  },
  step_duplicate: { status: 500, type: 'server_error', when: 'two plugins bring a step of one name' },
  missing_package: {
    status: 501,
    type: 'server_error',
    when: 'a step needs an optional package that is not installed; the message says how to install it',
  },
  plugin_failed: { status: 500, type: 'server_error', when: 'a plugin file does not load' },
} as const satisfies Record<string, Definition>

export type ErrorCode = keyof typeof errorTable

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
