import type { FastifyContextConfig, FastifyInstance, RouteHandlerMethod } from 'fastify'
import { HulumanageError } from '../../contract/index.ts'

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Adds a route for one method; other methods are answered with a 405 that names it. */
export function addRoute(
  app: FastifyInstance,
  method: 'GET' | 'POST',
  url: string,
  handler: RouteHandlerMethod,
  config: FastifyContextConfig = {},
): void {
  const allowed = method === 'GET' ? ['GET', 'HEAD'] : [method]
  app.route({ method, url, config, handler })
  app.route({
    method: allMethods.filter(other => !allowed.includes(other)),
    url,
    config,
    onRequest: (request, reply, done) => {
      reply.header('allow', allowed.join(', '))
      done(new HulumanageError('method_not_allowed', `${url} accepts ${method}, not ${request.method}`))
    },
    handler: () => {},
  })
}
