import type { ChatRequest, Completion, Usage } from '../../contract/index.ts'
import type { AttemptOptions } from '../options.ts'
import { newCompletionId } from '../../chat/completion.ts'
import { estimateUsage, soundUsage } from '../../chat/estimate.ts'
import { badResponse } from '../failure.ts'
import { parseBody } from './json-body.ts'
import type { ReadCompletion } from './json-body.ts'
import { failureOfErrorObject } from '../status.ts'
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
  const value = parseBody(name, bytes)
  const { error, data, model, usage } = (value ?? {}) as Record<string, unknown>
  if (error != null) throw failureOfErrorObject(name, error, secrets)
  if (!Array.isArray(data) || data.length === 0) throw badResponse(name, 'sent an answer without embeddings')
  const told = soundUsage({ completion_tokens: 0, ...(usage as object | null) })
  const completion: Completion = {
    id: newCompletionId(),
    object: 'list',
    created: unixSeconds(),
    model: typeof model === 'string' ? model : request.model,
    choices: [],
    data,
    usage: told ?? estimated(request),
  }
  return { completion, untouched: told !== undefined && typeof model === 'string' }
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
