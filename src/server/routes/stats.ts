import type { FastifyInstance } from 'fastify'
import { servicesOf } from '../services.ts'
import type { Statistics } from '../statistics.ts'
import { addRoute } from './route.ts'

/** `GET /stats`: what is configured of each service, and what was counted at each endpoint since the start. */
export function statsRoute(app: FastifyInstance, statistics: Statistics): void {
  addRoute(app, 'GET', '/stats', () => {
    const config = app.currentConfig.value
    return {
      load_balancer_stats: servicesOf(config, app.providers),
      ...statistics.report(config.providers.map(({ name }) => name)),
    }
  })
}
