import type { FastifyInstance } from 'fastify'
import { servicesOf } from '../services.ts'
import type { Statistics } from '../metrics/statistics.ts'
import { addRoute } from './route.ts'

/** Adds `GET /stats`: the configured services, and the counts of each endpoint. */
export function addStatsRoute(app: FastifyInstance, statistics: Statistics): void {
  addRoute(
    app,
    'GET',
    '/stats',
    async () => {
      const config = app.currentConfig.value
      return {
        load_balancer_stats: servicesOf(config, app.providers),
        ...(await statistics.report(
          app.store,
          config.providers.map(({ name }) => name),
        )),
      }
    },
    { audience: 'operator' },
  )
}
