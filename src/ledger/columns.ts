/** A value of a column. */
export type Value = string | number | null

/** The columns of a client's request, in the order in which a row is sent and stored. */
export const requestColumns = [
  'id',
  'at',
  'ms',
  'first_ms',
  'route',
  'status',
  'code',
  'client',
  'chain',
  'model',
  'served',
  'provider',
  'cache',
  'calls',
  'attempts',
  'prompt',
  'completion',
  'cached',
  'cache_write',
  'reasoning',
  'wasted',
  'estimated',
  'cost',
  'wasted_cost',
  'spent',
  'degraded',
  'path_ms',
  'changed',
] as const

/**
 * The columns of a request with its calls, in the order in which it is sent and stored. `tree` are the calls as text: few ask for
 * those of a request, and rows of their own, with a key each, would cost as much again as the request does.
 */
export const entryColumns = [...requestColumns, 'tree'] as const

/** The columns of a call under a request. */
export const callColumns = [
  'n',
  'parent',
  'kind',
  'path',
  'start_ms',
  'first_ms',
  'ms',
  'provider',
  'model',
  'reason',
  'recovery',
  'status',
  'outcome',
  'discarded',
  'prompt',
  'completion',
  'cached',
  'cache_write',
  'reasoning',
  'wasted',
  'estimated',
  'cost',
] as const

/**
 * A request of a client. `at` is the Unix time of its start in milliseconds, `code` that of the error if it failed; the
 * tokens are those of all its calls, `wasted` those of calls whose answers were not used. `path_ms` is its critical path, and
 * `changed` 1 if its answer differs from the first draft of an approach, 0 if not, null if there is nothing to compare.
 */
export type RequestRow = Readonly<Record<(typeof requestColumns)[number], Value>>

/**
 * A call under a request. Its kind is `step` for a call that made calls of its own, `call` for one to a model, and
 * `attempt` for one of several attempts at it. `n` counts the rows of a request from 0, and `parent` is the `n` of the
 * row that this one belongs to.
 */
export type CallRow = Readonly<Record<(typeof callColumns)[number], Value>>

/** The columns that are texts; the others are numbers. */
export const textColumns: ReadonlySet<string> = new Set(
  (
    'id route code client chain model served provider cache spent degraded ' +
    'kind path reason recovery outcome discarded tree'
  ).split(' '),
)
