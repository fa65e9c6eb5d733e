import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChainRequest, Outcome } from '../../chain/request.ts'
import type { Runner } from '../../chain/run/runner.ts'
import { HulumanageError, toHulumanageError } from '../../contract/index.ts'
import type { CurrentConfig } from '../../config/current.ts'
import { messagesConventions } from '../../dialects/messages/conventions.ts'
import { sendPassed } from '../passed/send-passed.ts'
import { sendWhole } from '../send.ts'
import { addRoute } from './route.ts'

interface CountOptions {
  readonly currentConfig: CurrentConfig
  readonly runner: () => Runner
}

/** A request that a provider answers if it speaks the dialect, and the answer without one. */
interface Counted {
  readonly passed: ChainRequest
  readonly without: () => object | Promise<object>
}

/**
 * Adds the routes that count the tokens of a request without making it, and that compact its conversation. They are
 * relayed if a provider of the model speaks the client's dialect; otherwise tokens are estimated, and a model writes a summary.
 */
export function addCountRoutes(
  app: FastifyInstance,
  prefix: string,
  aliases: () => ReadonlySet<string>,
  { currentConfig, runner }: CountOptions,
): void {
  const readOptions = () => ({
    aliases: aliases(),
    defaultModel: currentConfig.value.model,
    limits: currentConfig.value.limits,
  })
  const countTokens = async (request: FastifyRequest, reply: FastifyReply) => {
    void reply.header('request-id', request.id)
    const { readMessagesCount } = await import('../counted/messages.ts')
    return await relayOr(request, reply, runner(), readMessagesCount(request, readOptions()))
  }
  const countInput = async (request: FastifyRequest, reply: FastifyReply) => {
    const { readResponsesCount } = await import('../counted/responses.ts')
    return await relayOr(request, reply, runner(), await readResponsesCount(request, readOptions()))
  }
  const inMessages = { conventions: messagesConventions, free: true }
  addRoute(app, 'POST', `${prefix}/messages/count_tokens`, countTokens, inMessages)
  addRoute(app, 'POST', `${prefix}/responses/input_tokens`, countInput, { free: true })
  addRoute(app, 'POST', `${prefix}/responses/compact`, async (request, reply) => {
    const { readCompaction } = await import('../counted/responses.ts')
    const { exchange } = request
    const { passed, summary } = await readCompaction(request, readOptions())
    const without = async () => {
      const incoming = summary()
      const [first] = incoming.requests
      exchange.model = first.request.model
      await sendWhole(exchange, incoming, () => runner().run(first, exchange), currentConfig.value)
      return reply
    }
    return await relayOr(request, reply, runner(), { passed, without })
  })
}

/** Relays a request; if no provider can answer, and none refuses the request itself, answers without one. */
async function relayOr(
  { exchange }: FastifyRequest,
  reply: FastifyReply,
  runner: Runner,
  { passed, without }: Counted,
): Promise<object> {
  let outcome: Outcome
  try {
    outcome = await runner.run(passed, exchange)
  } catch (error) {
    exchange.controller.signal.throwIfAborted()
    if (isAboutRequest(toHulumanageError(error))) throw error
    return await without()
  }
  exchange.answer(outcome)
  sendPassed(exchange, outcome)
  return reply
}

/** Whether a service has refused the request itself, with a message that the client should see. */
function isAboutRequest(error: HulumanageError): boolean {
  return error.code === 'upstream_rejected' && error.upstream !== undefined
}
