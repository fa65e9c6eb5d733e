const request = 'invalid_request_error'

/** Errors with a status of 4xx, by code: another request, or the same one later, may succeed. */
export const clientErrors = {
  invalid_json: {
    status: 400,
    type: request,
    when: 'the request body is not JSON, or nests too deeply',
    fix: 'Send the body as UTF-8 JSON; the message names the position of the error.',
  },
  invalid_value: {
    status: 400,
    type: request,
    when: 'a field of the request is missing, unknown, of the wrong type or out of range',
    fix: 'Correct the field that `param` names.',
  },
  invalid_chain: {
    status: 400,
    type: request,
    when: 'the chain does not parse',
    fix: 'Correct the chain at the caret in the message.',
  },
  unknown_approach: {
    status: 400,
    type: request,
    when: 'a chain names a step that is not loaded',
    fix: 'Use a name that `hulumanage steps` lists; if it is missing there, look for a file that failed to load.',
  },
  recursive_approach: {
    status: 400,
    type: request,
    when: 'a chain or proxy_wrap contains itself',
    fix: 'Remove the name under the caret from the definition of the chain, or put another step there.',
  },
  chain_too_long: {
    status: 400,
    type: request,
    when: 'a chain has more steps, branches or levels than the server allows',
    fix: 'Shorten the chain, or raise `limits.steps`.',
  },
  n_too_large: {
    status: 400,
    type: request,
    when: '`n` asks for more choices than the server allows',
    fix: 'Ask for fewer choices, or raise `limits.n`.',
  },
  budget_too_small: {
    status: 400,
    type: request,
    when: 'the chain may need more model calls than its budget allows',
    fix: 'Lower the params of its steps, or raise `hulumanage_budget.calls` or `limits.calls`, whichever the message names.',
  },
  upstream_rejected: {
    status: 400,
    type: request,
    when: 'the provider refused the request itself',
    fix: "Correct the request as the provider's message says; the same request will fail again.",
  },
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    when: 'the key of the client is missing or wrong',
    fix: 'Send one of the keys in `api_keys` as `Authorization: Bearer KEY`.',
  },
  forbidden: {
    status: 403,
    type: 'permission_error',
    when: 'a web page of another site, or another host name, reached a server that asks for no key',
    fix: 'Add the origin of the page to `cors_origins`, or set `api_keys`.',
  },
  model_not_found: {
    status: 404,
    type: request,
    when: 'no provider serves the model',
    fix: 'Use a model that `GET /v1/models` lists, or add this one to `models` or `model_map` of a provider.',
  },
  unknown_url: {
    status: 404,
    type: request,
    when: 'there is no such path, or no such stored response',
    fix: 'Use a path that `GET /` lists.',
  },
  method_not_allowed: {
    status: 405,
    type: request,
    when: 'the path exists, but not for this method',
    fix: 'Use the method that the message names.',
  },
  request_timeout: {
    status: 408,
    type: request,
    when: 'the client took too long to send its request',
    fix: 'Send the whole request without pauses; look for a slow network or proxy in between.',
  },
  request_too_large: {
    status: 413,
    type: request,
    when: 'the request body is over the limit',
    fix: 'Send a smaller body, or raise `limits.body_bytes`.',
  },
  unsupported_media_type: {
    status: 415,
    type: request,
    when: 'the request body is not plain JSON in UTF-8',
    fix: 'Send `content-type: application/json` and no `content-encoding`.',
  },
  headers_too_large: {
    status: 431,
    type: request,
    when: 'the request headers are over 16 KiB',
    fix: 'Send fewer or shorter headers; cookies are the usual cause.',
  },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    when: 'the client exceeded `rate_limit`, or every suitable provider asked to wait',
    fix: 'Wait for `retry-after` seconds; if it happens often, add keys or providers, or raise `rate_limit`.',
  },
  insufficient_quota: {
    status: 429,
    type: 'insufficient_quota',
    when: 'no key of any suitable provider has credit left',
    fix: 'Add credit to the account at the provider, or add a provider or key that has some.',
  },
  queue_full: {
    status: 429,
    type: 'rate_limit_error',
    when: 'as many calls are waiting for a provider as `queue.max_waiting` allows',
    fix: 'Retry later; if it happens often, raise `queue.max_concurrent` or add providers.',
  },
  budget_calls: {
    status: 429,
    type: 'insufficient_quota',
    when: 'the next model call would exceed the budget of calls',
    fix: 'Raise `hulumanage_budget.calls` or `limits.calls`, or use a cheaper chain.',
  },
  budget_tokens: {
    status: 429,
    type: 'insufficient_quota',
    when: 'the budget of tokens is used up',
    fix: 'Raise `hulumanage_budget.tokens` or `limits.tokens`, or use a cheaper chain.',
  },
  client_closed: {
    status: 499,
    type: request,
    when: 'the client closed the connection before its answer was complete; appears in logs only',
    fix: 'Nothing, unless it happens often: then raise the timeout of the client.',
  },
} as const
