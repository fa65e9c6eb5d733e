import type { ChatRequest, Completion, Usage } from '../../contract/index.ts'
import type { AttemptOptions } from '../options.ts'
import { newCompletionId } from '../../chat/completion.ts'
import { estimateUsage } from '../../chat/estimate.ts'
import { fieldsOf, wordsOf } from '../../chat/read/fields.ts'
import { readUsage } from '../../chat/read/usage.ts'
import { badResponse } from '../failure.ts'
import { parseBody } from './json-body.ts'
import type { ReadCompletion } from './json-body.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/**
 * Checks an answer with embeddings, one for each input, and gives it as a completion without choices that has them as
 * `data`, so that all who stand between provider and client treat it as any other answer. Throws an `AttemptFailure`.
 */
export function readEmbeddings(
  { provider: { name }, request }: Pick<AttemptOptions, 'provider' | 'request'>,
  bytes: Buffer,
  secrets?: readonly string[],
): ReadCompletion {
  const { data, model, usage } = fieldsOf(parseBody(name, bytes, secrets)) ?? {}
  if (!Array.isArray(data) || data.length === 0 || !data.every(isEmbedding))
    throw badResponse(name, 'sent an answer without embeddings')
  const sent = fieldsOf(usage) ?? {}
  const told = readUsage({ completion_tokens: 0, ...sent })
  const completion: Completion = {
    id: newCompletionId(),
    object: 'list',
    created: unixSeconds(),
    model: wordsOf(model) ?? request.model,
    choices: [],
    data,
    usage: told ?? estimated(request),
  }
  return { completion, untouched: told !== undefined && wordsOf(model) !== undefined }
}

/** Numbers, or their bytes in base64. */
function isEmbedding(item: unknown): boolean {
  const { embedding } = fieldsOf(item) ?? {}
  return Array.isArray(embedding) || typeof embedding === 'string'
}

/** Inputs are texts or lists of token ids. */
function estimated(request: ChatRequest): Usage {
  const inputs = [request['input']].flat()
  const ids = inputs.flat().filter(input => typeof input === 'number').length
  const texts = inputs.filter(input => typeof input === 'string')
  const messages = texts.map(content => ({ role: 'user', content }))
  const { prompt_tokens: ofTexts, ...rest } = estimateUsage({ ...request, messages }, 0)
  return { ...rest, prompt_tokens: ofTexts + ids, total_tokens: ofTexts + ids }
}
