/** A panel of the Grafana board: one or more expressions, each with the legend of its series. */
export interface Panel {
  readonly title: string
  readonly unit: string
  /** Expressions in PromQL by legend. */
  readonly show: Readonly<Record<string, string>>
  readonly kind: 'timeseries' | 'stat'
}

/** A row of panels. */
export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

const rate = (metric: string, by = '') =>
  `sum${by && ` by (${by})`} (rate(hulumanage_${metric}[$__rate_interval]))`
const quantile = (share: number, metric: string, by = '') =>
  `histogram_quantile(${share}, sum by (le${by && `, ${by}`}) (rate(hulumanage_${metric}_bucket[$__rate_interval])))`

const graph = (title: string, unit: string, show: Panel['show']): Panel => ({
  title,
  unit,
  show,
  kind: 'timeseries',
})
const stat = (title: string, unit: string, show: Panel['show']): Panel => ({
  title,
  unit,
  show,
  kind: 'stat',
})

/** The rows of the board, which together show every metric. */
export const rows: readonly Row[] = [
  {
    title: 'Now',
    panels: [
      graph('Requests a second by status', 'reqps', { '{{status}}': rate('requests_total', 'status') }),
      graph('Failures a second by code', 'reqps', { '{{code}}': rate('failures_total', 'code') }),
      graph('Requests in flight', 'short', { requests: 'sum (hulumanage_requests_in_flight)' }),
      graph('Request duration', 's', {
        p50: quantile(0.5, 'request_duration_seconds'),
        p95: quantile(0.95, 'request_duration_seconds'),
      }),
      graph('Refused by limits of clients', 'reqps', {
        '{{client}} {{limit}}': rate('client_refusals_total', 'client, limit'),
      }),
      graph('Used part of budgets', 'percentunit', {
        '{{client}} {{amount}}': 'max by (client, amount) (hulumanage_client_budget_used_ratio)',
      }),
      graph('Cost an hour', 'currencyUSD', {
        all: 'sum (rate(hulumanage_cost_usd_total[$__rate_interval])) * 3600',
        wasted: 'sum (rate(hulumanage_wasted_cost_usd_total[$__rate_interval])) * 3600',
      }),
    ],
  },
  {
    title: 'Providers',
    panels: [
      stat('Up', 'bool_yes_no', { '{{provider}}': 'min by (provider) (hulumanage_provider_up)' }),
      stat('Drained', 'bool_yes_no', { '{{provider}}': 'max by (provider) (hulumanage_provider_drained)' }),
      graph('Models that rest', 'short', {
        '{{provider}}': 'max by (provider) (hulumanage_provider_models_resting)',
      }),
      graph('Share of calls that fail', 'percentunit', {
        '{{provider}}': `sum by (provider) (rate(hulumanage_upstream_attempts_total{outcome!~"ok|client_closed|outpaced"}[$__rate_interval])) / ${rate('upstream_attempts_total', 'provider')}`,
      }),
      graph('First content, p95', 's', {
        '{{provider}}': quantile(0.95, 'upstream_head_seconds', 'provider'),
      }),
      graph('Calls and their limit', 'short', {
        '{{provider}}': 'sum by (provider) (hulumanage_provider_active)',
        '{{provider}} limit': 'max by (provider) (hulumanage_provider_limit)',
        '{{provider}} adaptive limit': 'sum by (provider) (hulumanage_provider_adaptive_limit)',
      }),
      graph('Failovers a second', 'reqps', {
        '{{from}} to {{to}}: {{reason}}': rate('failovers_total', 'from, to, reason'),
      }),
      graph('Retries a second', 'reqps', {
        '{{provider}} {{reason}}': rate('retries_total', 'provider, reason'),
      }),
      graph('Second attempts at slow calls', 'reqps', { '{{outcome}}': rate('hedges_total', 'outcome') }),
      graph('Usable keys', 'short', {
        '{{provider}}': 'min by (provider) (hulumanage_provider_keys_usable)',
        '{{provider}} all': 'max by (provider) (hulumanage_provider_keys)',
      }),
      graph('Streams taken over, and events skipped', 'reqps', {
        '{{way}}': rate('stream_recoveries_total', 'way'),
        'events skipped at {{provider}}': rate('malformed_events_total', 'provider'),
      }),
    ],
  },
  {
    title: 'Queue',
    panels: [
      graph('Waiting calls and their limit', 'short', {
        waiting: 'sum (hulumanage_queue_waiting)',
        limit: 'sum (hulumanage_queue_limit)',
      }),
      graph('Running calls and their limit', 'short', {
        running: 'sum (hulumanage_calls_active)',
        limit: 'sum (hulumanage_calls_limit)',
      }),
      graph('Wait, p95', 's', { '{{result}}': quantile(0.95, 'queue_wait_seconds', 'result') }),
      graph('Refused by limits of providers', 'reqps', { calls: rate('provider_limit_refusals_total') }),
    ],
  },
  {
    title: 'Models and chains',
    panels: [
      graph('Answer, p95', 's', {
        '{{approach}} {{model}}': quantile(0.95, 'answer_duration_seconds', 'approach, model'),
      }),
      graph('First content, p95', 's', {
        '{{approach}} {{model}}': quantile(0.95, 'answer_first_seconds', 'approach, model'),
      }),
      graph('Calls per answer', 'short', {
        '{{approach}}': `${rate('calls_per_answer_sum', 'approach')} / ${rate('calls_per_answer_count', 'approach')}`,
      }),
      graph('Tokens a second', 'short', {
        '{{provider}} {{model}} {{kind}}': rate('upstream_tokens_total', 'provider, model, kind'),
        'in answers: {{kind}}': rate('tokens_total', 'kind'),
      }),
      graph('Cached and thought tokens a second', 'short', {
        '{{model}} {{kind}}': rate('upstream_token_details_total', 'model, kind'),
      }),
      graph('Share of tokens that nobody uses', 'percentunit', {
        wasted: `${rate('wasted_tokens_total')} / ${rate('upstream_tokens_total')}`,
      }),
      graph('Answers of the cache a second', 'reqps', {
        '{{status}}': rate('cache_answers_total', 'status'),
      }),
      graph('Budgets that ran out', 'reqps', {
        '{{budget}}: {{result}}': rate('budget_cuts_total', 'budget, result'),
      }),
    ],
  },
  {
    title: 'Server',
    panels: [
      stat('Version', 'short', { '{{version}} on Node {{node}}': 'hulumanage_build_info' }),
      stat('Configuration accepted', 'bool_yes_no', {
        accepted: 'min (hulumanage_config_last_reload_successful)',
      }),
      stat('Age of the configuration', 's', {
        age: 'time() - min (hulumanage_config_last_reload_success_timestamp_seconds)',
      }),
      stat('Ledger up', 'bool_yes_no', { up: 'min (hulumanage_ledger_up)' }),
      graph('Processes', 'short', {
        serving: 'sum (hulumanage_workers)',
        late: 'sum (hulumanage_workers_late)',
      }),
      graph('Requests recorded in the ledger a second', 'reqps', {
        written: rate('ledger_written_total'),
        dropped: rate('ledger_dropped_total'),
        'texts dropped': rate('ledger_texts_dropped_total'),
      }),
      graph('Requests that wait for the ledger', 'short', {
        waiting: 'max (hulumanage_ledger_waiting)',
        limit: 'max (hulumanage_ledger_limit)',
      }),
      graph('Memory', 'bytes', { resident: 'sum (process_resident_memory_bytes)' }),
      graph('Processor', 'percentunit', { cores: 'sum (rate(process_cpu_seconds_total[$__rate_interval]))' }),
      graph('Event loop lag, p99', 's', { lag: 'max (nodejs_eventloop_lag_p99_seconds)' }),
    ],
  },
]
