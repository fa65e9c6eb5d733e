import fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Runner } from '../chain/run/runner.ts'
import type { CurrentConfig } from '../config/current.ts'
import type { Config } from '../config/schema.ts'
import { KeyCheck } from './access/auth.ts'
import { ClientDirectory } from './access/clients/client-directory.ts'
import { addKeyRoutes, followKeyNotices } from './access/clients/routes.ts'
import { queueWaiting, sumOfGauge } from '../metrics/gauge.ts'
import { AdminListener } from './admin/admin-listener.ts'
import { ownUrlOf } from './paths/azure-paths.ts'
import { onClientError } from './errors/client-error.ts'
import { keepBudgets } from './access/budgets/keep-budgets.ts'
import { limitClients } from './access/client-limits.ts'
import { allowOrigins } from './access/cors.ts'
import { httpOptions } from './http-options.ts'
import { InFlight } from './in-flight.ts'
import { handleErrors, sendError } from './errors/error-handlers.ts'
import type { ExchangeListener } from './exchange.ts'
import { LiveFeed } from './dashboard/live-feed.ts'
import { LiveRecords } from './dashboard/live-records.ts'
import { addDashboardRoutes } from './dashboard/routes.ts'
import { addRequestGate } from './access/request-gate.ts'
import { openTelemetry } from './otel/open.ts'
import { aloneFleet } from '../registry/fleet.ts'
import { acceptJson } from './body/json-body.ts'
import { Metrics } from './metrics/metrics.ts'
import { logRequest } from './metrics/request-log.ts'
import { isLoopback } from '../text/loopback.ts'
import { requestIdOf } from './request-id.ts'
import { addAnswerRoutes } from './routes/answers.ts'
import type { OpenLedger } from '../ledger/ledger.ts'
import { LedgerListener } from './ledger/ledger-listener.ts'
import { ledgerHealth, ledgerMetrics } from './ledger/ledger-metrics.ts'
import { addLedgerRoutes } from './ledger/routes.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addInspectionRoutes } from './routes/inspection.ts'
import { addModelRoutes } from './routes/models.ts'
import { addStatsRoute } from './routes/stats.ts'
import { schemaCompilers } from './schema-compilers.ts'
import type { Siblings } from './metrics/fleet-metrics.ts'
import { Statistics } from './metrics/statistics.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The requests being answered. */
    inFlight: InFlight
  }
}

/** The parts that the server is built from; `P` is what `prepare` returns. */
export interface AppOptions<P extends { readonly runner: Runner }> {
  readonly currentConfig: CurrentConfig
  readonly log: Logger
  /** Decorates the app as plugins expect it, loads the steps and creates the runner. */
  readonly prepare: (app: FastifyInstance) => Promise<P>
  /** The other servers on the same port, if there are any. */
  readonly siblings?: Siblings | undefined
  /** The record of requests and calls, if there may be one. It closes with the server. */
  readonly ledger?: OpenLedger | undefined
}

/** A server that is ready to listen. */
export interface BuiltApp<P> {
  readonly app: FastifyInstance
  readonly prepared: P
  /** The second address, if the configuration has one. */
  readonly admin: AdminListener | undefined
}

/** Builds the server without a port: routes, limits and errors in place, steps loaded, ready to listen. */
export async function createApp<P extends { readonly runner: Runner }>({
  currentConfig,
  log,
  prepare,
  siblings,
  ledger,
}: AppOptions<P>): Promise<BuiltApp<P>> {
  const app = createBareApp(currentConfig, log)
  const inFlight = new InFlight()
  app.decorate('inFlight', inFlight)
  const metrics = new Metrics({
    inFlight: () => inFlight.size,
    currentConfig,
    keptClients: () => kept.value.map(({ client }) => client),
    others: () => [budgetsUsed, ...app.metrics, ...ledgerMetrics(ledger)],
  })
  const statistics = new Statistics()
  const records = new LiveRecords(inFlight, () => sumOfGauge(app.metrics, queueWaiting))
  const feed = new LiveFeed({ records, inFlight, fleet: siblings ?? aloneFleet, log: app.log })
  const bound = boundAddress(app, currentConfig)
  const { admin: address } = currentConfig.value
  const admin = address && new AdminListener(app, address)
  handleErrors(app)
  await allowOrigins(app, currentConfig)
  const kept = new ClientDirectory({ ledger, config: currentConfig, log })
  // While the steps load.
  const opened = kept.open()
  const isLocal = () => isLoopback(bound().host) && (!address || isLoopback(address.host))
  const keys = new KeyCheck(currentConfig, kept, () => bound().insecure || isLocal())
  const { tracing, listeners } = await openTelemetry(app, currentConfig, log)
  addRequestGate(app, {
    keys,
    inFlight,
    listenHost: () => bound().host,
    admin,
    currentConfig,
    listener: notifyAll([metrics, statistics, records, new LedgerListener(ledger), ...listeners], inFlight),
    ledger,
    tracing,
  })
  limitClients(app, currentConfig, metrics.refusals)
  const budgetsUsed = keepBudgets(app, currentConfig, metrics.refusals, ledger)
  acceptJson(app, () => currentConfig.value.limits.depth)
  let prepared: P
  addAnswerRoutes(app, { currentConfig, runner: () => prepared.runner })
  addModelRoutes(app, currentConfig)
  siblings?.share(() => metrics.figures())
  addHealthRoutes(app, inFlight, metrics, siblings)
  addStatsRoute(app, statistics)
  addDashboardRoutes(app, { currentConfig, feed, keys, admin })
  addLedgerRoutes(app, ledger)
  addInspectionRoutes(app)
  addKeyRoutes(app, ledger, kept)
  app.addHook('onClose', () => {
    kept.close()
    return ledger?.close()
  })
  prepared = await prepare(app)
  statistics.share(app.store)
  followKeyNotices(app, kept)
  app.healthSections.set('clients', () => kept.report())
  app.healthSections.set('ledger', () => ledger?.value && ledgerHealth(ledger))
  await opened
  await app.ready()
  return { app, prepared, admin }
}

/** Notifies each listener, and logs, when something has ended; by then it is no longer in flight. */
function notifyAll(listeners: readonly ExchangeListener[], inFlight: InFlight): ExchangeListener {
  return {
    attemptEnded: (report, exchange) => {
      for (const listener of listeners) listener.attemptEnded(report, exchange)
    },
    exchangeEnded: exchange => {
      inFlight.delete(exchange)
      for (const listener of listeners) listener.exchangeEnded(exchange)
      logRequest(exchange)
    },
  }
}

/** A reload changes neither the address the server listens on nor whether it may be open there. */
function boundAddress(app: FastifyInstance, currentConfig: CurrentConfig): () => BoundAddress {
  let bound: BoundAddress = currentConfig.value
  app.addHook('onListen', async () => {
    bound = currentConfig.value
  })
  return () => bound
}

type BoundAddress = Pick<Config, 'host' | 'insecure'>

/** Fastify with limits on everything that a client may send or keep open. */
function createBareApp(currentConfig: CurrentConfig, log: FastifyBaseLogger): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    // Without the options that Fastify would pass: creating a child without options takes half the time.
    childLoggerFactory: (parent, bindings) => parent.child(bindings),
    genReqId: requestIdOf,
    rewriteUrl: ({ url = '/' }) => ownUrlOf(url),
    schemaController: { compilersFactory: schemaCompilers },
    bodyLimit: currentConfig.value.limits.body_bytes,
    // Plugins are loaded by our loader, which has its own time limit for each.
    pluginTimeout: 0,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    http: httpOptions,
    // Clients join addresses in many ways: a slash too many names no other endpoint. Nor does another case: a provider that
    // ignores it, such as Azure, would otherwise get requests for our endpoints past their rules.
    routerOptions: {
      maxParamLength: 512,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      caseSensitive: false,
    },
    // By the time the app closes, no request is running: see InFlight.
    forceCloseConnections: true,
    return503OnClosing: false,
    clientErrorHandler: onClientError,
    frameworkErrors: sendError,
  })
  // Node would silently drop headers beyond a count; their size is limited anyway.
  app.server.maxHeadersCount = 0
  // Unknown expectations are ignored; Node would refuse them with an empty body.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response))
  return app
}
