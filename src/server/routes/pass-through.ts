import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ChainRequest } from '../../chain/request.ts'
import type { Runner } from '../../chain/run/runner.ts'
import type { PassedMethod } from '../../chat/passed-request.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { passedChainRequest } from '../passed/chain-request.ts'
import { modelsNamedIn } from '../passed/named-models.ts'
import { passedPathOf } from '../passed/path.ts'
import { sendPassed } from '../passed/send-passed.ts'
import { loadedOnce } from '../../time/loaded-once.ts'

interface PassThroughOptions {
  readonly currentConfig: CurrentConfig
  readonly runner: () => Runner
}

/** Endpoints with their own route, so that metrics and limits distinguish them, and with a path without `/v1`. */
const known = ['moderations', 'images/*', 'audio/*', 'rerank', 'files', 'files/*', 'batches', 'batches/*']

const methods: PassedMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Adds the routes for everything else below `/v1`, which a provider may know. */
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
        exchange.model = received.request.model
        const outcome = await runner().run(received, exchange)
        exchange.answer(outcome)
        sendPassed(exchange, outcome)
        return reply
      },
    })
  }
}

const loadBodies = loadedOnce(() => import('../passed/read-body.ts'))

async function read(request: FastifyRequest, aliases: ReadonlySet<string>): Promise<ChainRequest> {
  const { headers, url, server, exchange } = request
  const isLimited = exchange.named?.models !== undefined
  const config = server.currentConfig.value
  const { readPassedBody } = await loadBodies()
  const { body, model, own } = await readPassedBody(request, { aliases, config, isStrict: isLimited })
  const path = passedPathOf(url, config.pass_through.paths)
  return passedChainRequest(request, {
    passed: {
      method: methods.find(method => method === request.method) ?? 'GET',
      path,
      dialect: headers['anthropic-version'] === undefined ? 'chat' : 'messages',
      body,
    },
    model,
    own,
    otherModels: isLimited ? modelsNamedIn(path, request.bytes && request.body) : [],
  })
}
