import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ChainRequest, Outcome } from '../../chain/request.ts'
import type { Runner } from '../../chain/run/runner.ts'
import type { PassedMethod, PassedRequest } from '../../chat/passed-request.ts'
import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { ReplyEnd } from '../../contract/index.ts'
import { setAnswerHeaders } from '../answer-headers.ts'
import type { Exchange } from '../exchange.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { passedPathOf } from '../passed/path.ts'
import { stallMs } from '../stream/event-stream.ts'

interface PassThroughOptions {
  readonly currentConfig: CurrentConfig
  readonly runner: () => Runner
}

/** Selects the provider of a request, instead of the configuration. */
const providerHeader = 'x-hulumanage-provider'

/** Endpoints with a route of their own, so that metrics and limits tell them apart, and with a path without `/v1`. */
const known = ['moderations', 'images/*', 'audio/*', 'rerank', 'files', 'files/*', 'batches', 'batches/*']

const methods: PassedMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Adds the routes for everything below `/v1` that this server does not know itself: a provider may. */
export function addPassThroughRoutes(
  app: FastifyInstance,
  aliases: () => ReadonlySet<string>,
  { currentConfig, runner }: PassThroughOptions,
): void {
  for (const url of ['/v1/*', ...known.flatMap(path => [`/v1/${path}`, `/${path}`])]) {
    app.route({
      method: methods,
      url,
      exposeHeadRoute: false,
      config: { anyBody: true },
      // Before the body is read.
      onRequest: async request => {
        passedPathOf(request.url, currentConfig.value.pass_through.paths)
      },
      handler: async (request, reply) => {
        const { exchange } = request
        const received = await read(request, aliases())
        exchange.outcome = await runner().run(received, exchange)
        send(exchange, exchange.outcome)
        return reply
      },
    })
  }
}

async function read(request: FastifyRequest, aliases: ReadonlySet<string>): Promise<ChainRequest> {
  const { headers, url, server } = request
  const config = server.currentConfig.value
  const { readPassedBody } = await import('../passed/read-body.ts')
  const { body, model, own } = await readPassedBody(request, { aliases, config })
  const passed: PassedRequest = {
    method: methods.find(method => method === request.method) ?? 'GET',
    path: passedPathOf(url, config.pass_through.paths),
    dialect: headers['anthropic-version'] === undefined ? 'chat' : 'messages',
    contentType: fitting(headers['content-type']),
    accept: fitting(headers.accept) ?? '*/*',
    body,
  }
  const placeholder = { model, messages: [] }
  const only = new HulumanageError('invalid_value', 'Requests that are passed on take no approach')
  const provider = fitting(headers[providerHeader])
  return {
    request: placeholder,
    source: { dialect: 'pass_through', request: placeholder, passed, only, provider },
    own,
    operation: 'pass_through',
  }
}

/** Keeps the reason that a body broke off for the log and the metrics. */
async function noteFailure(exchange: Exchange, done: Promise<ReplyEnd>): Promise<void> {
  const { error } = await done
  if (error) exchange.failure ??= toHulumanageError(error).code
}

/** A header that can be sent on; undefined for any other. */
function fitting(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\x20-\x7e]{1,512}$/.test(value) ? value : undefined
}

/** Sends an answer in the provider's own bytes as they arrive. */
function send(exchange: Exchange, outcome: Outcome): void {
  const { wire, done } = outcome.reply
  if (!wire?.bytes)
    throw new HulumanageError('step_result', 'A step has replaced an answer that is passed on')
  const { reply, request } = exchange
  const idleMs = request.server.currentConfig.value.timeouts.idle * 1000
  // Longer than a provider may be silent: it is the client that must not stop reading.
  reply.raw.setTimeout(stallMs + idleMs)
  setAnswerHeaders(reply, outcome, wire)
  void noteFailure(exchange, done)
  void reply.code(wire.status).header('x-content-type-options', 'nosniff').send(Readable.from(wire.bytes))
}
