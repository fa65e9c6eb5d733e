import type { FastifyRequest } from 'fastify'
import { isObject } from '../../dialects/check.ts'
import { unknownResponse } from '../../dialects/responses/unknown-ids.ts'
import { mayName } from '../../providers/responses/stored-response.ts'
import { readStoredId } from '../../text/stored-id.ts'

/**
 * Checks that a request continues no response of another client. Throws OpenAI's own error for an unknown response, so
 * that the client sends the whole conversation.
 */
export function checkPrevious({ server, exchange }: FastifyRequest, body: unknown): void {
  if (!isObject(body)) return
  const { previous_response_id: previous } = body
  if (typeof previous !== 'string') return
  const { providers, api_key } = server.currentConfig.value
  const stored = readStoredId(previous)
  if (stored) {
    const byDefault = { name: 'default', api_key, api_keys: undefined }
    const provider = [...providers, byDefault].find(({ name }) => name === stored.provider)
    if (provider && !mayName(stored, provider, exchange)) throw unknownResponse(previous)
    return
  }
  // An id of the provider's own could be anybody's if the key that it is read with is shared.
  const isShared = providers.length === 0 || providers.some(({ forward_client_key: forwards }) => !forwards)
  if (exchange.hasOthers && isShared) throw unknownResponse(previous)
}
