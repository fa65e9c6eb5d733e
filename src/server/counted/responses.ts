import type { FastifyRequest } from 'fastify'
import type { Completion } from '../../contract/index.ts'
import { bodyObject } from '../../dialects/check.ts'
import type { ReadOptions } from '../../dialects/dialect.ts'
import { estimatePromptTokens } from '../../dialects/prompt-tokens.ts'
import { compacted, withTrigger } from '../../dialects/responses/compaction/compacted.ts'
import { responses } from '../../dialects/responses/responses.ts'
import { checkPrevious } from '../kept/check-previous.ts'
import { keptFor } from '../kept/read-request.ts'
import { PassedJson } from '../passed/bodies.ts'
import { passedChainRequest } from '../passed/chain-request.ts'

/** Reads a request to count the tokens of a response without making it. */
export async function readResponsesCount(request: FastifyRequest, options: ReadOptions) {
  const { chat, source, passed } = await readBeside('input_tokens', request, options)
  return {
    passed,
    without: () => {
      if (source?.only) throw source.only
      return { object: 'response.input_tokens', input_tokens: estimatePromptTokens(chat) }
    },
  }
}

/**
 * Reads a request to compact a conversation, and the one for its summary, which any model can write where no provider
 * compacts.
 */
export async function readCompaction(request: FastifyRequest, options: ReadOptions) {
  const { body, passed } = await readBeside('compact', request, options)
  return {
    passed,
    summary: () => {
      const incoming = responses.read(withTrigger(body), options)
      const { encoder } = incoming
      const [{ request: chat, source, own }] = incoming.requests
      if (source?.only) throw source.only
      const completion = (whole: Completion) => compacted({ ...encoder.completion(whole) }, body)
      return {
        requests: [{ request: chat, own }] as const,
        encoder: { dialect: encoder.dialect, completion },
      }
    },
  }
}

/** A request to an endpoint beside responses, with what this server keeps in its place. */
async function readBeside(name: 'input_tokens' | 'compact', request: FastifyRequest, options: ReadOptions) {
  const { body } = await keptFor(request).resolve(request.body)
  checkPrevious(request, body)
  const bytes = body === request.body ? (request.bytes ?? undefined) : undefined
  const [{ request: chat, source, own }] = responses.read(body, { ...options, bytes }).requests
  const { model } = chat
  return {
    body: bodyObject(body),
    chat,
    source,
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
  }
}
