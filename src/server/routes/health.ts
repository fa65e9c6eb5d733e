import { messageOf } from '../../contract/errors.ts'
import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { fieldsOf } from '../../chat/read/fields.ts'
import type { InFlight } from '../in-flight.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { servicesOf } from '../services.ts'
import type { Service } from '../services.ts'
import type { Siblings } from '../metrics/fleet-metrics.ts'
import { addRoute } from './route.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

const monitoring = { unlimited: true, audience: 'operator' as const }
const open = { unlimited: true, public: true }

/** Paths that say whether the process runs, and whether it takes requests: our own, and those of LiteLLM. */
const livePaths = ['/live', '/health/liveliness', '/health/liveness']
const readyPaths = ['/ready', '/health/readiness']

/** Adds `/health`, `/live`, `/ready` and `/metrics`, for monitoring. */
export function addHealthRoutes(
  app: FastifyInstance,
  inFlight: InFlight,
  metrics: Metrics,
  siblings: Siblings | undefined,
): void {
  const health: RouteHandlerMethod = ({ exchange }, reply) => {
    const sections = readSections(app.healthSections)
    const status = statusOf(Object.values(sections))
    void reply.code(status === 'unhealthy' ? 503 : 200)
    return { status, ...(exchange.allowed ? { ...healthOf(app, inFlight), ...sections } : {}) }
  }
  addRoute(app, 'GET', '/health', health, open)
  for (const path of livePaths) addRoute(app, 'GET', path, () => ({ status: 'alive' }), open)
  const ready: RouteHandlerMethod = (_request, reply) => {
    void reply.code(inFlight.draining ? 503 : 200)
    return { status: inFlight.draining ? 'draining' : 'ready' }
  }
  for (const path of readyPaths) addRoute(app, 'GET', path, ready, open)
  addRoute(
    app,
    'GET',
    '/metrics',
    async (_request, reply) => {
      const { type, text } = await (siblings ? siblings.metrics() : metrics.text())
      void reply.type(type)
      return text
    },
    monitoring,
  )
}

/**
 * The health of the server in one word, from its sections: `unhealthy` if one says so in its `status`, so that no request
 * can be answered; `degraded` if one says so, or reports `ok: false`.
 */
function statusOf(sections: readonly unknown[]): 'healthy' | 'degraded' | 'unhealthy' {
  const says = (word: string) => sections.some(section => fieldsOf(section)?.['status'] === word)
  if (says('unhealthy')) return 'unhealthy'
  const fails = sections.some(section => fieldsOf(section)?.['ok'] === false)
  return fails || says('degraded') ? 'degraded' : 'healthy'
}

/** The part of the health report that is only shown to clients that may use the server. */
function healthOf({ currentConfig, providers }: FastifyInstance, { draining }: InFlight) {
  return {
    timestamp: unixSeconds(),
    ready: !draining,
    load_balancer: balancerOf(servicesOf(currentConfig.value, providers)),
  }
}

function balancerOf(services: Readonly<Record<string, Service>>) {
  const entries = Object.entries(services)
  return {
    ...Object.fromEntries(entries.map(([name, service]) => [`${name}_keys_configured`, service.keys_count])),
    endpoints: Object.fromEntries(entries.map(([name, { endpoints }]) => [name, endpoints])),
  }
}

/** Reads the sections of plugins. A section that throws is replaced by its error, and does not affect the others. */
function readSections(sections: ReadonlyMap<string, () => unknown>): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const [name, section] of sections) {
    try {
      read[name] = section()
    } catch (error) {
      read[name] = { ok: false, error: messageOf(error) }
    }
  }
  return read
}
