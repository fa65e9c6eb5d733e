import { hasFailed } from './figures.js'
import { quantile } from './numbers.js'

/**
 * @typedef {{ id: string, at: number, route: string, status: number, ms: number, code?: string, model?: string,
 *   approach?: string, calls?: number, attempts?: number, provider?: string, client?: string, cache?: string, served?: string,
 *   first_ms?: number, tokens?: { prompt: number, completion: number }, degraded?: boolean,
 *   cost?: { usd: number, wasted_usd?: number, estimated?: boolean },
 *   failed?: { provider: string, code: string, status?: number, ms: number }[] }} Ended A request that has ended.
 * @typedef {{ id: string, route: string, model?: string, ms: number }} Running A request that has not.
 * @typedef {{ name: string, answers: number, ms: number, usd: number }} ProviderSums The attempts at a provider; `ms` is the
 *   time of its answers.
 * @typedef {{ at: number, in_flight: number, waiting: number, running: Running[], ended: Ended[], providers: ProviderSums[],
 *   totals: { requests: number, failed: number, tokens: number, usd: number } }} Report The last second of the server.
 * @typedef {Report['totals'] & { at: number, in_flight: number, waiting: number, first_ms: number, ms: number }} Second The figures of a
 *   second; times are medians of answers, 0 without one.
 * @typedef {{ name: string, type: string, host: string | null, status: string, weight: number, fallback_only: boolean,
 *   models: string[] | null, active: number, max_concurrent: number | null, adaptive_limit: number | null,
 *   requests: number, failures: number, latency_ms: number | null, last_error: string | null, retry_in: number,
 *   drained: { since: string, by: string | null } | null,
 *   resting: { since: string, reason: string, model: string | null } | null }} Provider
 */

/**
 * A call in the ledger; times are in milliseconds since the request began.
 * @typedef {{ path: string, start_ms: number, ms: number, outcome: string, provider?: string, model?: string,
 *   discarded?: string, tokens?: Tokens | null, cost?: number, texts?: import('./parts/texts.js').Texts,
 *   attempts?: RecordedCall[], calls?: RecordedCall[] }} RecordedCall
 * @typedef {{ prompt: number, completion: number, wasted: number }} Tokens
 * @typedef {{ id: string, at: string, ms: number, first_ms: number | null, route: string, status: number, error: string | null,
 *   client: string | null, chain: string | null, model: string | null, served: string | null, provider: string | null, cache: string | null,
 *   calls: number, attempts: number, tokens: Tokens | null, cost: number | null, wasted_cost: number | null,
 *   texts?: import('./parts/texts.js').Texts, tree?: RecordedCall[] }} Recorded A request in the ledger.
 * @typedef {Record<string, string | number | null>} UsageRow
 * @typedef {{ name: string, kind: string, place?: string, summary: string, paper?: string, origin: string,
 *   cost?: { calls: number, rounds: number }, params: { name: string, expected: string, default: unknown, help: string }[] }} Step
 * @typedef {{ file?: string, config: Record<string, unknown>, sources: Record<string, string> }} Configuration
 */

/** Requests that the page keeps; older ones are forgotten. */
export const maxKept = 10_000

/** Seconds that the charts show. */
export const chartSeconds = 300

/** All that the page shows. Views only read it; `update` changes it. */
export const state = {
  /** The key for the server; empty if none was entered. */
  key: '',
  /** Whether the server refused the key, or asks for one. */
  needsKey: false,
  /** Why it refused the key. */
  refusal: '',
  connection: /** @type {'connecting' | 'live' | 'lost'} */ ('connecting'),
  view: 'now',
  /** The last seconds, the newest last. */
  seconds: /** @type {Second[]} */ ([]),
  /** The requests that are running, the oldest first. */
  running: /** @type {Running[]} */ ([]),
  /** Requests that have ended, the newest last. */
  ended: /** @type {Ended[]} */ ([]),
  providers: /** @type {Provider[] | undefined} */ (undefined),
  /** The cause of errors and what to do, by code. */
  errors: /** @type {Record<string, { when: string, fix: string }>} */ ({}),
  /** The models that the server lists. */
  models: /** @type {{ id: string, owned_by: string }[]} */ ([]),
  /** Requests of each provider when the page began to watch. */
  firstCounts: /** @type {Map<string, number>} */ (new Map()),
  /** The sums of each provider since the page began to watch. */
  providerSums: /** @type {Map<string, ProviderSums>} */ (new Map()),
  /** Why the server refused to drain or resume a provider. */
  refusedAction: '',
  filter: '',
  /** Rows that the list of requests shows. */
  shown: 100,
  /** The id of the request whose details are shown. */
  opened: '',
  /** That request in the ledger, once it is read. */
  record: /** @type {Recorded | undefined} */ (undefined),
  /** Requests of the ledger, the newest first. */
  past: /** @type {Recorded[] | undefined} */ (undefined),
  /** The place in the ledger from which older ones are read; null if there are no older ones. */
  cursor: /** @type {string | null} */ (null),
  filters: { model: '', chain: '', provider: '', client: '', code: '', since: '' },
  /** Sums of usage, by `groups` and for so many days. */
  usage: /** @type {UsageRow[] | undefined} */ (undefined),
  /** The same sums by chain. */
  worth: /** @type {UsageRow[] | undefined} */ (undefined),
  steps: /** @type {Step[] | undefined} */ (undefined),
  /** The plugin files that did not load, and why. */
  failedFiles: /** @type {{ file: string, code: string, message: string }[]} */ ([]),
  configuration: /** @type {Configuration | undefined} */ (undefined),
  groups: 'day',
  days: 30,
  /** Why the ledger could not be read. */
  problem: '',
}

let scheduled = false
/** @type {() => void} */
let draw = () => {}

/** Sets the function that draws the page. @param {() => void} drawPage */
export function onUpdate(drawPage) {
  draw = drawPage
}

/** Changes the state, and draws the page before the next frame. @param {Partial<typeof state>} [changes] */
export function update(changes) {
  Object.assign(state, changes)
  if (scheduled) return
  scheduled = true
  requestAnimationFrame(() => {
    scheduled = false
    draw()
  })
}

/** Takes a report of the server. @param {Report} report */
export function addReport({ at, in_flight, waiting, running, ended, totals, providers }) {
  const answers = ended.filter(request => !hasFailed(request))
  const median = (/** @type {number[]} */ times) => quantile(times, 0.5) ?? 0
  const first_ms = median(answers.flatMap(request => request.first_ms ?? []))
  const ms = median(answers.map(request => request.ms))
  const second = { ...totals, at, in_flight, waiting, first_ms, ms }
  for (const { name, answers, ms, usd } of providers) {
    const sums = state.providerSums.get(name)
    state.providerSums.set(name, {
      name,
      answers: (sums?.answers ?? 0) + answers,
      ms: (sums?.ms ?? 0) + ms,
      usd: (sums?.usd ?? 0) + usd,
    })
  }
  update({
    seconds: [...state.seconds, second].slice(-chartSeconds),
    running,
    ended: ended.length === 0 ? state.ended : [...state.ended, ...ended].slice(-maxKept),
    connection: 'live',
    needsKey: false,
    refusal: '',
  })
}
