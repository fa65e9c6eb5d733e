import type { FastifyRequest } from 'fastify'
import { HulumanageError } from '../../contract/index.ts'
import type { ReadOptions } from '../../dialects/dialect.ts'
import { estimatePromptTokens } from '../../dialects/prompt-tokens.ts'
import { responses } from '../../dialects/responses/responses.ts'
import { checkPrevious } from '../kept/check-previous.ts'
import { keptFor } from '../kept/read-request.ts'
import { PassedJson } from '../passed/bodies.ts'
import { passedChainRequest } from '../passed/chain-request.ts'

/** Reads a request to count the tokens of a response without making it, or to compact its conversation. */
export async function readResponsesCount(
  name: 'input_tokens' | 'compact',
  request: FastifyRequest,
  options: ReadOptions,
) {
  const { body } = await keptFor(request).resolve(request.body)
  checkPrevious(request, body)
  const bytes = body === request.body ? (request.bytes ?? undefined) : undefined
  const [{ request: chat, source, own }] = responses.read(body, { ...options, bytes }).requests
  const { model } = chat
  return {
    passed: passedChainRequest(request, {
      passed: {
        method: 'POST',
        path: `/responses/${name}`,
        dialect: 'responses',
        isCall: true,
        body: new PassedJson(source?.body ?? {}, source?.bytes),
      },
      model,
      own,
      provider: source?.provider,
    }),
    without: () => {
      if (name === 'compact') throw notCompacted(model)
      if (source?.only) throw source.only
      return { object: 'response.input_tokens', input_tokens: estimatePromptTokens(chat) }
    },
  }
}

function notCompacted(model: string): HulumanageError {
  const message =
    `No provider of "${model}" can compact a conversation: only those that are called through Responses can ` +
    '(api: responses). Send the conversation itself, or let the client shorten it'
  return new HulumanageError('unknown_url', message, { param: 'model', shouldRetry: false })
}
