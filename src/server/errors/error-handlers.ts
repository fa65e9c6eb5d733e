import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HulumanageError } from '../../contract/index.ts'
import { loggedReason } from '../../contract/logged-error.ts'
import type { Conventions } from '../../dialects/dialect.ts'
import { messagesConventions } from '../../dialects/messages/conventions.ts'
import { codedError, errorAnswer } from './errors.ts'
import { lingerIfUnread } from './lingering-close.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The conventions that the clients of a route expect; OpenAI's if absent. */
    conventions?: Conventions
  }
}

/** Converts every error that Fastify encounters to a response in the shape that the clients of the route expect. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((thrown, request, reply) => {
    sendError(thrown, request, reply)
  })
}

/** Sends any thrown value as an error response, and logs it according to its cause. */
export function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = codedError(thrown)
  const { exchange } = request as { exchange?: FastifyRequest['exchange'] }
  if (exchange) exchange.failure ??= error.code
  logError(error, request)
  const conventions = conventionsOf(request)
  const { status, headers, body } = errorAnswer(error, request.id, conventions)
  if (conventions?.requestIdHeader) reply.header(conventions.requestIdHeader, request.id)
  // Limits of our own clients, which hooks have set, stay.
  if (error.upstream)
    for (const name in error.limits) if (!reply.hasHeader(name)) reply.header(name, error.limits[name])
  // The unread rest of a body would be taken for the next request.
  if (hasUnreadBody(request)) {
    reply.header('connection', 'close')
    lingerIfUnread(request)
  }
  void reply
    .code(status)
    .headers({ ...headers, 'x-request-id': request.id, 'content-type': 'application/json' })
    .send(JSON.stringify({ ...body, ...exchange?.traceField }))
}

/** The conventions of the route, if one was found; Anthropic's for its clients on a path that every client may use. */
function conventionsOf({ routeOptions, headers }: FastifyRequest): Conventions | undefined {
  const own = (routeOptions.config as FastifyContextConfig | undefined)?.conventions
  return own ?? (headers['anthropic-version'] === undefined ? undefined : messagesConventions)
}

/**
 * Logs our own bugs with their stack, failures of providers with their reason, and errors of clients with their code
 * alone.
 */
export function logError(error: HulumanageError, { log }: Pick<FastifyRequest, 'log'>): void {
  const { code, status } = error
  if (code === 'internal_error' || status === 500) log.error({ err: error, code }, 'request failed')
  else if (status > 500) log.warn({ code, reason: loggedReason(error) }, 'request failed')
  else log.debug({ code, param: error.param }, 'request refused')
}

function hasUnreadBody({ raw }: FastifyRequest): boolean {
  if (raw.complete) return false
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers
  return encoding !== undefined || (length !== undefined && length !== '0')
}
