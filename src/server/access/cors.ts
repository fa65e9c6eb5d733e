import type { FastifyCorsOptions } from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { CurrentConfig } from '../../config/current.ts'

/** Seconds a browser may cache the result of a preflight. */
const preflightSeconds = 600

/**
 * Lets pages of the `cors_origins` of the running configuration read answers, and answers their preflights without a
 * key. Never allows credentials, so that `*` can mean all origins and all headers. Runs before the request gate. If no
 * origins are configured at the start, nothing is added, which saves its cost; enabling it then takes a restart.
 */
export async function allowOrigins(app: FastifyInstance, currentConfig: CurrentConfig): Promise<void> {
  if (currentConfig.value.cors_origins.length === 0) return
  const { default: fastifyCors } = await import('@fastify/cors')
  await app.register(fastifyCors, {
    delegator: (request, callback) => callback(null, optionsFor(request, currentConfig.value.cors_origins)),
  })
}

/** Whether a page of this origin may call the server. */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  return allowed.includes('*') || allowed.includes(origin)
}

function optionsFor({ headers }: FastifyRequest, allowed: readonly string[]): FastifyCorsOptions {
  const { origin } = headers
  if (origin === undefined || !isAllowedOrigin(origin, allowed)) return { origin: false }
  return {
    origin: allowed.includes('*') ? '*' : origin,
    // Any other OPTIONS request is refused, as a method that no route accepts.
    preflight: headers['access-control-request-method'] !== undefined,
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    exposedHeaders: '*',
    maxAge: preflightSeconds,
  }
}
