import type { Registry } from '@prometheus-io/client'
import type { AttemptReport } from '../../contract/index.ts'
import { BatchedHistogram } from './batched-histogram.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'
import type { MetricsText, ServerFigures } from './fleet-metrics.ts'
import { prometheus } from './prometheus.ts'
import { TalliedCounter } from './tallied-counter.ts'

/** Maximum models with their own series: the names are chosen by clients, so their number must be bounded. */
const maxModels = 100
const secondsBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

/** Counts requests and attempts for Prometheus. */
export class Metrics implements ExchangeListener {
  readonly #inFlight: () => number
  readonly #models = new Set<string>()
  readonly #requests = new TalliedCounter(
    'hulumanage_requests_total',
    'Requests that have ended, by route and status; 499: the client disconnected first',
    ['route', 'status'],
  )
  readonly #failures = new TalliedCounter(
    'hulumanage_failures_total',
    'Requests that failed, by route and error code, including those that failed during the stream',
    ['route', 'code'],
  )
  readonly #duration = new BatchedHistogram({
    name: 'hulumanage_request_duration_seconds',
    help: 'Seconds from the headers of a request to the end of its answer',
    label: 'route',
    buckets: secondsBuckets,
  })
  readonly #attempts = new TalliedCounter(
    'hulumanage_upstream_attempts_total',
    'Calls to providers, by provider, model and outcome',
    ['provider', 'model', 'outcome'],
  )
  readonly #latency = new BatchedHistogram({
    name: 'hulumanage_upstream_head_seconds',
    help: "Seconds to a provider's first content, for attempts that succeeded",
    label: 'provider',
    buckets: secondsBuckets,
  })
  readonly #tokens = new TalliedCounter(
    'hulumanage_tokens_total',
    'Tokens used, summed over all calls of each request',
    ['kind'],
  )
  readonly #cost = new TalliedCounter(
    'hulumanage_cost_usd_total',
    'Cost of attempts in USD, by provider, model and outcome, if the price is known; partly estimated',
    ['provider', 'model', 'outcome'],
  )
  readonly #wasted = new TalliedCounter(
    'hulumanage_wasted_cost_usd_total',
    'The part of the cost of requests for answers that nobody uses: discarded, cancelled or failed',
    [],
  )
  readonly #recoveries = new TalliedCounter(
    'hulumanage_stream_recoveries_total',
    'Streams that broke and were taken over by a provider, by the way in which it wrote the rest',
    ['way'],
  )
  readonly #malformed = new TalliedCounter(
    'hulumanage_malformed_events_total',
    'Events of streams that were not JSON and were skipped, by provider',
    ['provider'],
  )
  #registry: Registry | undefined

  constructor(inFlight: () => number) {
    this.#inFlight = inFlight
  }

  /** All figures, to be aggregated with those of other servers. */
  figures(): Promise<ServerFigures> {
    return this.#currentRegistry().getMetricsAsJSON()
  }

  /** All figures as text. */
  async text(): Promise<MetricsText> {
    const registry = this.#currentRegistry()
    return { type: registry.contentType, text: await registry.metrics() }
  }

  /** The registry, created at the first scrape. */
  #currentRegistry(): Registry {
    if (this.#registry) return this.#registry
    const { Gauge, Registry } = prometheus()
    const registry = new Registry()
    const figures = [
      this.#requests,
      this.#failures,
      this.#duration,
      this.#attempts,
      this.#latency,
      this.#tokens,
      this.#cost,
      this.#wasted,
      this.#recoveries,
      this.#malformed,
    ]
    for (const figure of figures) figure.register(registry)
    const inFlight = this.#inFlight
    // The gauge registers itself, and is read when it is scraped.
    void new Gauge({
      name: 'hulumanage_requests_in_flight',
      help: 'Requests being answered',
      registers: [registry],
      collect() {
        this.set(inFlight())
      },
    })
    this.#registry = registry
    return registry
  }

  exchangeEnded(exchange: Exchange): void {
    const { route, status, failure, outcome, cost } = exchange
    this.#requests.add(1, route, String(status))
    this.#duration.observe(route, (performance.now() - exchange.startedAt) / 1000)
    if (failure) this.#failures.add(1, route, failure)
    if (cost.wasted_usd) this.#wasted.add(cost.wasted_usd)
    if (!outcome) return
    const { usage, recovered, skipped } = outcome.meter
    const { prompt_tokens, completion_tokens } = usage
    this.#tokens.add(prompt_tokens, 'prompt')
    this.#tokens.add(completion_tokens, 'completion')
    if (recovered) for (const { by } of recovered) this.#recoveries.add(1, by)
    if (skipped) for (const provider of skipped) this.#malformed.add(1, provider)
  }

  attemptEnded({ provider, model, outcome, headMs, cost }: AttemptReport): void {
    this.#attempts.add(1, provider, this.#modelLabel(model), outcome)
    if (cost?.usd) this.#cost.add(cost.usd, provider, this.#modelLabel(model), outcome)
    if (outcome === 'ok') this.#latency.observe(provider, headMs / 1000)
  }

  #modelLabel(model: string): string {
    if (this.#models.has(model)) return model
    if (this.#models.size >= maxModels) return 'other'
    this.#models.add(model)
    return model
  }
}
