import type { FastifyInstance } from 'fastify'
import type { InFlight } from '../in-flight.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { servicesOf } from '../services.ts'
import type { Service } from '../services.ts'
import type { Siblings } from '../metrics/fleet-metrics.ts'
import { addRoute } from './route.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

const monitoring = { unlimited: true }
const open = { ...monitoring, public: true }

/** Adds `/health`, `/ready` and `/metrics`, for monitoring. */
export function addHealthRoutes(
  app: FastifyInstance,
  inFlight: InFlight,
  metrics: Metrics,
  siblings: Siblings | undefined,
): void {
  addRoute(
    app,
    'GET',
    '/health',
    ({ exchange }) => ({ status: 'ok', ...(exchange.allowed ? healthOf(app, inFlight) : {}) }),
    open,
  )
  addRoute(
    app,
    'GET',
    '/ready',
    (_request, reply) => {
      void reply.code(inFlight.draining ? 503 : 200)
      return { status: inFlight.draining ? 'draining' : 'ready' }
    },
    open,
  )
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

/** The part of the health report that is only shown to clients that may use the server. */
function healthOf({ currentConfig, providers, healthSections }: FastifyInstance, { draining }: InFlight) {
  return {
    timestamp: unixSeconds(),
    ready: !draining,
    load_balancer: balancerOf(servicesOf(currentConfig.value, providers)),
    ...readSections(healthSections),
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
      read[name] = { ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  }
  return read
}
