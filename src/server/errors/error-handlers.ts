import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HulumanageError } from '../../contract/index.ts'
import type { Conventions } from '../../dialects/dialect.ts'
import { codedError, errorAnswer } from './errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the clients of a route expect; OpenAI's formats unless set. */
    conventions?: Conventions
  }
}

/** Makes every error that Fastify meets a response in the shape that the route's clients expect. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((thrown, request, reply) => {
    sendError(thrown, request, reply)
  })
}

/** Sends any thrown value as an error response, and logs what is not the client's doing. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = codedError(thrown)
  const { exchange } = request as { exchange?: FastifyRequest['exchange'] }
  if (exchange) exchange.failure ??= error.code
  logError(error, request)
  const conventions = conventionsOf(request)
  const { status, headers, body } = errorAnswer(error, request.id, conventions?.errors)
  if (conventions?.requestIdHeader) reply.header(conventions.requestIdHeader, request.id)
  // The rest of a body that nobody reads would be taken for the next request.
  if (hasUnreadBody(request)) reply.header('connection', 'close')
  void reply
    .code(status)
    .headers({ ...headers, 'x-request-id': request.id, 'content-type': 'application/json' })
    .send(JSON.stringify(body))
}

/** Undefined also where no route was found for a request. */
function conventionsOf({ routeOptions }: FastifyRequest): Conventions | undefined {
  return (routeOptions.config as FastifyContextConfig | undefined)?.conventions
}

/** Faults of ours with their stack, failures of providers by their message, those of clients by their code alone. */
export function logError(error: HulumanageError, { log }: Pick<FastifyRequest, 'log'>): void {
  const { code, status } = error
  if (code === 'internal_error' || status === 500) log.error({ err: error, code }, 'request failed')
  else if (status > 500) log.warn({ code, reason: error.message }, 'request failed')
  else log.debug({ code, param: error.param }, 'request refused')
}

function hasUnreadBody({ raw }: FastifyRequest): boolean {
  if (raw.complete) return false
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers
  return encoding !== undefined || (length !== undefined && length !== '0')
}
