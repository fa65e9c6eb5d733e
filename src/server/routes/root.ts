import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { addRoute } from './route.ts'

/** `GET /` says what this server is and what can be asked of it. */
export function rootRoute(app: FastifyInstance): void {
  const { name, version } = packageOf()
  addRoute(app, 'GET', '/', () => ({
    name,
    version,
    links: {
      chat: '/v1/chat/completions',
      completions: '/v1/completions',
      responses: '/v1/responses',
      messages: '/v1/messages',
      embeddings: '/v1/embeddings',
      models: '/v1/models',
      health: '/health',
      ready: '/ready',
      stats: '/stats',
      metrics: '/metrics',
    },
  }))
}

function packageOf(): { readonly name: string; readonly version: string } {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  // Our own package.json, which has both.
  return JSON.parse(text) as { name: string; version: string }
}
