import type { FastifyRequest } from 'fastify'
import { HulumanageError } from '../../contract/index.ts'
import { clip } from '../../text/clip.ts'
import { listInputItems } from './input-items.ts'
import type { Kept, KeptResponses } from './kept-responses.ts'

/**
 * Answers a request about a response that this server keeps itself; `rest` follows its id in the path. Throws OpenAI's own
 * error for one that is not kept, or no longer.
 */
export async function answerAboutOwn(
  request: FastifyRequest,
  responses: KeptResponses,
  id: string,
  rest: string,
): Promise<object> {
  const kept = await responses.read(id)
  if (!kept) throw notFound(id)
  if (request.method === 'DELETE') return await remove(responses, id, kept)
  if (rest === '/input_items') return listInputItems(id, kept.input, request.query)
  if (rest === '/cancel') throw refused('Only a response that is made in the background can be cancelled')
  if ((request.query as { stream?: unknown }).stream === 'true')
    throw refused('stream: this server keeps responses as a whole; get it without stream', 'stream')
  return kept.response
}

async function remove(responses: KeptResponses, id: string, kept: Kept): Promise<object> {
  try {
    await responses.delete(id, kept)
  } catch (error) {
    const message = 'The store cannot be reached, so that the response is still there; try again'
    throw new HulumanageError('upstream_unreachable', message, { cause: error })
  }
  return { id, object: 'response', deleted: true }
}

/** OpenAI's own error for a response that is not there, or not for this client. */
export function notFound(id: string): HulumanageError {
  const message = `Response with id '${clip(id)}' not found.`
  const upstream = { message, type: 'invalid_request_error', param: null, code: null }
  return new HulumanageError('unknown_url', message, { upstream, shouldRetry: false })
}

function refused(message: string, param?: string): HulumanageError {
  return new HulumanageError('invalid_value', message, { param })
}
