import type { FastifyRequest } from 'fastify'
import { newCompletionId } from '../../chat/completion.ts'
import type { Dialect, Incoming, ReadOptions } from '../../dialects/dialect.ts'
import { checkPrevious } from './check-previous.ts'
import { KeptResponses } from './kept-responses.ts'
import { keyPrefixOf } from './key-prefix.ts'

/** The responses that are kept for the client of a request. */
export function keptFor(request: FastifyRequest): KeptResponses {
  const { currentConfig, store } = request.server
  return new KeptResponses(
    store.values,
    keyPrefixOf('responses', request),
    currentConfig.value.kept_responses,
  )
}

/** Reads a request for a response: replaces its references, and ensures that the response is kept before it ends. */
export async function readResponsesRequest(
  dialect: Dialect,
  request: FastifyRequest,
  options: ReadOptions,
): Promise<Incoming> {
  const responses = keptFor(request)
  const { body, previous } = await responses.resolve(request.body)
  checkPrevious(request, body)
  const incoming = dialect.read(body, {
    ...options,
    bytes: body === request.body ? options.bytes : undefined,
    answer: {
      stem: newCompletionId().replace('chatcmpl-', ''),
      previous,
      kept: request.server.currentConfig.value.kept_responses.enabled,
    },
  })
  let keeping: Promise<void> | undefined
  incoming.onAnswer?.(answer => {
    keeping = responses.keep(body, answer)
  })
  return { ...incoming, beforeEnd: async () => await keeping }
}
