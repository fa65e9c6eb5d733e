const server = 'server_error'
const upstream = 'upstream_error'
const unavailable = 'service_unavailable'
const timeout = 'upstream_timeout'

/** Errors with a status of 5xx, by code: this server, its configuration or a provider is at fault. */
export const serverErrors = {
  internal_error: {
    status: 500,
    type: server,
    when: 'the server itself is at fault',
    fix: 'Report it with the entry of the log that has the same request id.',
  },
  step_failed: {
    status: 500,
    type: server,
    when: 'a step threw an error',
    fix: 'Correct the step; the log has the error with its stack.',
  },
  step_result: {
    status: 500,
    type: server,
    when: 'a step returned an invalid result',
    fix: 'Let `run` return a string, a list of strings or a `Reply`, and a wrapper a `Reply`.',
  },
  reply_read: {
    status: 500,
    type: server,
    when: 'a step read the body of a reply twice',
    fix: 'Keep the result of the first read in the step, or call the model again.',
  },
  ledger_unavailable: {
    status: 503,
    type: unavailable,
    when: 'the ledger is switched off or cannot be read',
    fix: 'Set `ledger.path` to a file that the server can write, or `ledger.url` to a database; the log says what is wrong with the present one.',
  },
  store_unavailable: {
    status: 503,
    type: unavailable,
    when: 'the Redis that servers share cannot be reached, and the request needs it',
    fix: 'Send the request again when Redis is back, as `store` in `GET /health` shows.',
  },
  no_answer: {
    status: 502,
    type: upstream,
    when: 'an approach got no usable answer from the model',
    fix: 'Retry, raise `max_tokens`, or use another model or approach.',
  },
  upstream_error: {
    status: 502,
    type: upstream,
    when: 'the provider failed',
    fix: 'Retry; if it persists, see the state of the provider in `GET /providers` and its status page.',
  },
  upstream_overloaded: {
    status: 503,
    type: server,
    when: 'the provider is overloaded; clients of Messages get the status 529',
    fix: 'Retry after a while; if it happens often, add a provider.',
  },
  upstream_auth: {
    status: 502,
    type: upstream,
    when: 'the provider refused the key of this server',
    fix: 'Correct `api_key` of the provider in the configuration.',
  },
  upstream_tls: {
    status: 502,
    type: upstream,
    when: 'the certificate of the provider is not trusted',
    fix: 'Name the certificate authority in `ca_file`, or correct `base_url`.',
  },
  upstream_bad_response: {
    status: 502,
    type: upstream,
    when: 'the provider sent something that is not a valid answer',
    fix: 'Check `base_url` and `type` of the provider; if they are right, report it to the provider.',
  },
  upstream_truncated: {
    status: 502,
    type: upstream,
    when: 'the answer broke off before its end',
    fix: 'Retry; if it persists, look for a proxy that cuts long responses.',
  },
  answer_departed: {
    status: 502,
    type: upstream,
    when: 'an answer did not fit the broken stream that it was to recover; appears in logs only',
    fix: 'Nothing, or set the temperature to 0, so that answers to one request are more alike.',
  },
  outpaced: {
    status: 502,
    type: upstream,
    when: 'another provider answered a hedged call first; appears in logs only',
    fix: 'Nothing, unless most hedges lose: then raise `after` of `routing.hedge`.',
  },
  upstream_too_large: {
    status: 502,
    type: upstream,
    when: 'the answer of the provider is over the limit',
    fix: 'Ask for less with `max_tokens` or `n`, or raise `limits.response_bytes`.',
  },
  upstream_unreachable: {
    status: 503,
    type: unavailable,
    when: 'no connection to the provider could be made',
    fix: 'Check `base_url`, DNS and the network from this machine to the provider.',
  },
  no_healthy_upstream: {
    status: 503,
    type: unavailable,
    when: 'every suitable provider is down',
    fix: 'Retry after `retry-after` seconds; `GET /providers` shows the last error of each.',
  },
  no_upstream: {
    status: 503,
    type: unavailable,
    when: 'neither a provider nor a base URL is configured',
    fix: 'Configure `providers`, or set `--base-url` or `OPENAI_BASE_URL`.',
  },
  queue_timeout: {
    status: 503,
    type: unavailable,
    when: 'no provider had a free slot within `queue.timeout`',
    fix: 'Retry; if it happens often, raise `max_concurrent` of the providers or add one.',
  },
  draining: {
    status: 503,
    type: unavailable,
    when: 'the server is shutting down',
    fix: 'Send the request again; another server, or this one after its restart, will answer.',
  },
  overloaded: {
    status: 503,
    type: unavailable,
    when: 'the machine of this server has no socket left',
    fix: 'Raise the limit of open files, or lower `queue.max_concurrent`.',
  },
  upstream_timeout: {
    status: 504,
    type: timeout,
    when: 'the provider did not answer in time',
    fix: 'Retry, or raise the timeout that the message names.',
  },
  deadline_exceeded: {
    status: 504,
    type: timeout,
    when: 'the time for the whole request is up',
    fix: 'Use a cheaper chain, or raise `timeouts.total`.',
  },
  budget_time: {
    status: 504,
    type: timeout,
    when: 'the budget of seconds is used up',
    fix: 'Raise `hulumanage_budget.seconds`, or use a cheaper chain.',
  },
  config_invalid: {
    status: 500,
    type: server,
    when: 'the configuration has errors',
    fix: 'Correct every place in the message; `hulumanage check` shows whether any are left.',
  },
  step_invalid: {
    status: 500,
    type: server,
    when: 'a plugin file does not export a valid step',
    fix: 'Correct the export as the message says; see [Writing a plugin](plugins.md).',
  },
  step_duplicate: {
    status: 500,
    type: server,
    when: 'two plugins bring a step of the same name',
    fix: 'Rename one of the steps, or remove one of the files.',
  },
  missing_package: {
    status: 501,
    type: server,
    when: 'a step or the ledger needs an optional package that is not installed',
    fix: 'Run the command in the message, then restart the server.',
  },
  plugin_too_new: {
    status: 500,
    type: server,
    when: 'a step or plugin was written for a newer contract than this server offers',
    fix: 'Update hulumanage, or use an older release of the plugin.',
  },
  plugin_failed: {
    status: 500,
    type: server,
    when: 'a plugin file does not load, or fails at startup',
    fix: 'Correct the file at the line in the message, and restart the server.',
  },
} as const
