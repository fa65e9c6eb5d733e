import type { Registry } from '@prometheus-io/client'
import type { CurrentConfig } from '../../config/current.ts'
import type { NamedClient } from '../../config/sections/clients.ts'
import { errorTable } from '../../contract/index.ts'
import type { AttemptReport, ErrorDefinition } from '../../contract/index.ts'
import { withEach } from '../../metrics/known-series.ts'
import { TalliedHistogram } from '../../metrics/tallied-histogram.ts'
import type { Metric } from '../../metrics/metric.ts'
import { prometheus } from '../../metrics/prometheus.ts'
import { TalliedCounter } from '../../metrics/tallied-counter.ts'
import type { Exchange, ExchangeListener } from '../exchange.ts'
import { answerPaths } from '../paths/answer-paths.ts'
import { AnswerFigures } from './answer-figures.ts'
import { AttemptFigures } from './attempt-figures.ts'
import { secondsBuckets } from './buckets.ts'
import type { MetricsText, ServerFigures } from './fleet-metrics.ts'
import { ModelLabels } from './model-labels.ts'
import { processFigures } from './process-figures.ts'
import { serverGauges } from './server-gauges.ts'

/** The routes at which models answer. */
const answerRoutes = Object.values(answerPaths).map(path => [`/v1${path}`])
const faults = Object.entries<ErrorDefinition>(errorTable).filter(
  ([, { status, seenAt }]) => (status >= 500 || status === 429) && seenAt === undefined,
)
/** The codes of requests for whose end this server, its limits or a provider is at fault. */
const faultCodes = faults.map(([code]) => code)
const faultStatuses = [...new Set(faults.map(([, { status }]) => String(status)))]

/** The sources of the figures of a server. */
export interface MetricsOptions {
  readonly inFlight: () => number
  readonly currentConfig: CurrentConfig
  /** The clients that are kept in the ledger. */
  readonly keptClients: () => readonly NamedClient[]
  /** The figures of plugins, budgets and the ledger, complete at the first scrape. */
  readonly others: () => Iterable<Metric>
}

/** Counts requests and attempts for Prometheus. */
export class Metrics implements ExchangeListener {
  readonly #options: MetricsOptions
  readonly #models = new ModelLabels()
  readonly #answers: AnswerFigures
  readonly #attempts: AttemptFigures
  readonly #requests = new TalliedCounter(
    'hulumanage_requests_total',
    'Requests that have ended, by route and status; 499: the client disconnected first',
    ['route', 'status'],
    () => withEach(answerRoutes, ['200', ...faultStatuses]),
  )
  readonly #failures = new TalliedCounter(
    'hulumanage_failures_total',
    'Requests that failed, by route and error code, including those that failed during the stream',
    ['route', 'code'],
    () => withEach(answerRoutes, faultCodes),
  )
  readonly #duration = new TalliedHistogram({
    name: 'hulumanage_request_duration_seconds',
    help: 'Seconds from the headers of a request to the end of its answer',
    labels: ['route'],
    known: () => answerRoutes,
    buckets: secondsBuckets,
  })
  /** Requests that were refused by a limit of their client, by the client's name, if it has one, and the limit. */
  readonly refusals: TalliedCounter
  #registry: Registry | undefined

  constructor(options: MetricsOptions) {
    this.#options = options
    const { currentConfig, keptClients } = options
    this.#answers = new AnswerFigures(this.#models, currentConfig)
    this.#attempts = new AttemptFigures(this.#models, currentConfig)
    const limitedNames = () => {
      const named = [...currentConfig.value.clients, ...keptClients()].filter(
        ({ role }) => role !== 'operator',
      )
      return [...new Set(named.map(({ name }) => name))].map(name => [name])
    }
    this.refusals = new TalliedCounter(
      'hulumanage_client_refusals_total',
      'Requests that were refused by a limit of their client, by its name, if it has one, and the limit',
      ['client', 'limit'],
      () => withEach(limitedNames(), ['rate_limit', 'budget', 'session_budget']),
    )
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
    const { Registry } = prometheus()
    const registry = new Registry()
    const { inFlight, currentConfig, others } = this.#options
    const ofServer = [this.#requests, this.#failures, this.#duration, this.refusals]
    const ofRequests = [...this.#answers.metrics, ...this.#attempts.metrics]
    const gauges = serverGauges(inFlight, currentConfig)
    for (const metric of [...ofServer, ...ofRequests, ...gauges, ...others()]) metric.register(registry)
    this.#registry = Registry.merge([registry, processFigures()])
    return this.#registry
  }

  exchangeEnded(exchange: Exchange): void {
    const { route, status, failure } = exchange
    this.#requests.add(1, route, String(status))
    this.#duration.observe((performance.now() - exchange.startedAt) / 1000, route)
    if (failure) this.#failures.add(1, route, failure)
    this.#answers.count(exchange)
  }

  attemptEnded(report: AttemptReport): void {
    this.#attempts.count(report)
  }
}
