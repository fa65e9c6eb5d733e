/** A panel of the Grafana board: one or more expressions, each with the legend of its series. */
export interface Panel {
  readonly title: string
  readonly unit: string
  /** Expressions in PromQL by legend. */
  readonly show: Readonly<Record<string, string>>
  readonly kind?: 'timeseries' | 'stat'
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

/** The rows of the board, which together show every metric. */
export const rows: readonly Row[] = [
  {
    title: 'Now',
    panels: [
      {
        title: 'Requests a second by status',
        unit: 'reqps',
        show: { '{{status}}': rate('requests_total', 'status') },
      },
      {
        title: 'Failures a second by code',
        unit: 'reqps',
        show: { '{{code}}': rate('failures_total', 'code') },
      },
      {
        title: 'Requests in flight',
        unit: 'short',
        show: { requests: 'sum (hulumanage_requests_in_flight)' },
      },
      {
        title: 'Request duration',
        unit: 's',
        show: {
          p50: quantile(0.5, 'request_duration_seconds'),
          p95: quantile(0.95, 'request_duration_seconds'),
        },
      },
      {
        title: 'Refused by limits of clients',
        unit: 'reqps',
        show: { '{{client}} {{limit}}': rate('client_refusals_total', 'client, limit') },
      },
      {
        title: 'Used part of budgets',
        unit: 'percentunit',
        show: { '{{client}} {{amount}}': 'max by (client, amount) (hulumanage_client_budget_used_ratio)' },
      },
      {
        title: 'Cost an hour',
        unit: 'currencyUSD',
        show: {
          all: 'sum (rate(hulumanage_cost_usd_total[$__rate_interval])) * 3600',
          wasted: 'sum (rate(hulumanage_wasted_cost_usd_total[$__rate_interval])) * 3600',
        },
      },
    ],
  },
  {
    title: 'Providers',
    panels: [
      {
        title: 'Up',
        unit: 'bool_yes_no',
        kind: 'stat',
        show: { '{{provider}}': 'min by (provider) (hulumanage_provider_up)' },
      },
      {
        title: 'Models that rest',
        unit: 'short',
        show: { '{{provider}}': 'max by (provider) (hulumanage_provider_models_resting)' },
      },
      {
        title: 'Share of calls that fail',
        unit: 'percentunit',
        show: {
          '{{provider}}': `sum by (provider) (rate(hulumanage_upstream_attempts_total{outcome!~"ok|client_closed|outpaced"}[$__rate_interval])) / ${rate('upstream_attempts_total', 'provider')}`,
        },
      },
      {
        title: 'First content, p95',
        unit: 's',
        show: { '{{provider}}': quantile(0.95, 'upstream_head_seconds', 'provider') },
      },
      {
        title: 'Calls and their limit',
        unit: 'short',
        show: {
          '{{provider}}': 'sum by (provider) (hulumanage_provider_active)',
          '{{provider}} limit': 'max by (provider) (hulumanage_provider_limit)',
        },
      },
      {
        title: 'Failovers a second',
        unit: 'reqps',
        show: { '{{from}} to {{to}}: {{reason}}': rate('failovers_total', 'from, to, reason') },
      },
      {
        title: 'Retries a second',
        unit: 'reqps',
        show: { '{{provider}} {{reason}}': rate('retries_total', 'provider, reason') },
      },
      {
        title: 'Second attempts at slow calls',
        unit: 'reqps',
        show: { '{{outcome}}': rate('hedges_total', 'outcome') },
      },
      {
        title: 'Usable keys',
        unit: 'short',
        show: {
          '{{provider}}': 'min by (provider) (hulumanage_provider_keys_usable)',
          '{{provider}} all': 'max by (provider) (hulumanage_provider_keys)',
        },
      },
      {
        title: 'Streams taken over, and events skipped',
        unit: 'reqps',
        show: {
          '{{way}}': rate('stream_recoveries_total', 'way'),
          'events skipped at {{provider}}': rate('malformed_events_total', 'provider'),
        },
      },
    ],
  },
  {
    title: 'Queue',
    panels: [
      {
        title: 'Waiting calls and their limit',
        unit: 'short',
        show: { waiting: 'sum (hulumanage_queue_waiting)', limit: 'sum (hulumanage_queue_limit)' },
      },
      {
        title: 'Running calls and their limit',
        unit: 'short',
        show: { running: 'sum (hulumanage_calls_active)', limit: 'sum (hulumanage_calls_limit)' },
      },
      {
        title: 'Wait, p95',
        unit: 's',
        show: { '{{result}}': quantile(0.95, 'queue_wait_seconds', 'result') },
      },
      {
        title: 'Refused by limits of providers',
        unit: 'reqps',
        show: { calls: rate('provider_limit_refusals_total') },
      },
    ],
  },
  {
    title: 'Models and chains',
    panels: [
      {
        title: 'Answer, p95',
        unit: 's',
        show: {
          '{{approach}} {{model}}': quantile(0.95, 'answer_duration_seconds', 'approach, model'),
        },
      },
      {
        title: 'First content, p95',
        unit: 's',
        show: { '{{approach}} {{model}}': quantile(0.95, 'answer_first_seconds', 'approach, model') },
      },
      {
        title: 'Calls per answer',
        unit: 'short',
        show: {
          '{{approach}}': `${rate('calls_per_answer_sum', 'approach')} / ${rate('calls_per_answer_count', 'approach')}`,
        },
      },
      {
        title: 'Tokens a second',
        unit: 'short',
        show: {
          '{{provider}} {{model}} {{kind}}': rate('upstream_tokens_total', 'provider, model, kind'),
          'in answers: {{kind}}': rate('tokens_total', 'kind'),
        },
      },
      {
        title: 'Cached and thought tokens a second',
        unit: 'short',
        show: { '{{model}} {{kind}}': rate('upstream_token_details_total', 'model, kind') },
      },
      {
        title: 'Share of tokens that nobody uses',
        unit: 'percentunit',
        show: { wasted: `${rate('wasted_tokens_total')} / ${rate('upstream_tokens_total')}` },
      },
      {
        title: 'Answers of the cache a second',
        unit: 'reqps',
        show: { '{{status}}': rate('cache_answers_total', 'status') },
      },
      {
        title: 'Budgets that ran out',
        unit: 'reqps',
        show: { '{{budget}}: {{result}}': rate('budget_cuts_total', 'budget, result') },
      },
    ],
  },
  {
    title: 'Server',
    panels: [
      {
        title: 'Version',
        unit: 'short',
        kind: 'stat',
        show: { '{{version}} on Node {{node}}': 'hulumanage_build_info' },
      },
      {
        title: 'Configuration accepted',
        unit: 'bool_yes_no',
        kind: 'stat',
        show: { accepted: 'min (hulumanage_config_last_reload_successful)' },
      },
      {
        title: 'Age of the configuration',
        unit: 's',
        kind: 'stat',
        show: { age: 'time() - min (hulumanage_config_last_reload_success_timestamp_seconds)' },
      },
      {
        title: 'Requests recorded in the ledger a second',
        unit: 'reqps',
        show: { written: rate('ledger_written_total'), dropped: rate('ledger_dropped_total') },
      },
      { title: 'Memory', unit: 'bytes', show: { resident: 'sum (process_resident_memory_bytes)' } },
      {
        title: 'Processor',
        unit: 'percentunit',
        show: { cores: 'sum (rate(process_cpu_seconds_total[$__rate_interval]))' },
      },
      { title: 'Event loop lag, p99', unit: 's', show: { lag: 'max (nodejs_eventloop_lag_p99_seconds)' } },
    ],
  },
]
