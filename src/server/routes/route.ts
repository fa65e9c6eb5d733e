import type { FastifyContextConfig, FastifyInstance, RouteHandlerMethod } from 'fastify'
import { HulumanageError } from '../../contract/index.ts'

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

type Method = 'GET' | 'POST' | 'DELETE'

/** Adds a route for one method; other methods are answered with a 405 that names it. */
export function addRoute(
  app: FastifyInstance,
  method: Method,
  url: string,
  handler: RouteHandlerMethod,
  config: FastifyContextConfig = {},
): void {
  addMethods(app, url, { [method]: handler }, config)
}

/** Adds a route for some methods; others are answered with a 405 that names them. */
export function addMethods(
  app: FastifyInstance,
  url: string,
  handlers: Readonly<Partial<Record<Method, RouteHandlerMethod>>>,
  config: FastifyContextConfig = {},
): void {
  const methods = Object.entries(handlers)
  for (const [method, handler] of methods) app.route({ method, url, config, handler })
  const allowed = methods.flatMap(([method]) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  const names = methods.map(([method]) => method).join(' and ')
  app.route({
    method: allMethods.filter(other => !allowed.includes(other)),
    url,
    config,
    onRequest: (request, reply, done) => {
      reply.header('allow', allowed.join(', '))
      done(new HulumanageError('method_not_allowed', `${url} accepts ${names}, not ${request.method}`))
    },
    handler: () => {},
  })
}
