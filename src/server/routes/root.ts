import type { FastifyInstance } from 'fastify'
import { version } from '../version.ts'
import { addRoute } from './route.ts'

/** Adds `GET /`, which describes the server and lists its endpoints. */
export function addRootRoute(app: FastifyInstance): void {
  addRoute(
    app,
    'GET',
    '/',
    () => ({
      name: 'hulumanage',
      version,
      links: {
        chat: '/v1/chat/completions',
        completions: '/v1/completions',
        responses: '/v1/responses',
        messages: '/v1/messages',
        embeddings: '/v1/embeddings',
        others: '/v1/*',
        models: '/v1/models',
        health: '/health',
        live: '/live',
        ready: '/ready',
        providers: '/providers',
        stats: '/stats',
        metrics: '/metrics',
      },
    }),
    { audience: 'everyone' },
  )
}
