import type { FastifyRequest } from 'fastify'
import { bodyObject, check, sharedFields } from '../../dialects/check.ts'
import type { ReadOptions } from '../../dialects/dialect.ts'
import { countTokens } from '../../dialects/messages/messages.ts'
import { takeCacheField, takeOwnFields } from '../../dialects/own-fields.ts'
import { modelOrDefault } from '../../chain/plan/default-model.ts'
import { withoutCarried } from '../../text/carried.ts'
import { PassedJson } from '../passed/bodies.ts'
import { passedChainRequest } from '../passed/chain-request.ts'

/**
 * Reads a request to count the tokens of a conversation in Anthropic's format. Its body is checked only if no provider
 * does so.
 */
export function readMessagesCount(request: FastifyRequest, options: ReadOptions) {
  const { rest: taken, own } = takeOwnFields(bodyObject(request.body), options.aliases)
  const { rest } = takeCacheField(taken)
  const given = request.bytes ?? undefined
  const relayed = withoutCarried(rest, rest === request.body ? given : undefined)
  const model = modelOrDefault(check(sharedFields.model, rest['model'], 'model'), options.defaultModel)
  const body = new PassedJson(relayed, relayed === request.body ? given : undefined)
  return {
    passed: passedChainRequest(request, {
      passed: { method: 'POST', path: '/messages/count_tokens', dialect: 'messages', isCall: true, body },
      model,
      own,
    }),
    without: () => countTokens(request.body, options),
  }
}
