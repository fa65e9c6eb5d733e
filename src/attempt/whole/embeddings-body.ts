import type { ChatRequest, Completion, Usage } from '../../contract/index.ts'
import type { AttemptOptions } from '../options.ts'
import { newCompletionId } from '../../chat/completion.ts'
import { estimateUsage } from '../../chat/estimate.ts'
import { readEmbeddingList } from '../../chat/read/embeddings.ts'
import { fieldsOf, wordsOf } from '../../chat/read/fields.ts'
import { readUsage } from '../../chat/read/usage.ts'
import { parseBody } from './json-body.ts'
import type { ReadCompletion } from './json-body.ts'
import { unixSeconds } from '../../time/unix-seconds.ts'

/**
 * Checks an answer with embeddings, one for each input, and returns it as a completion without choices that has them as
 * `data`, so that everything between provider and client treats it like any other answer. Throws an `AttemptFailure` or
 * `UnreadableAnswer`.
 */
export function readEmbeddings(
  {
    provider: { name },
    request,
  }: Pick<AttemptOptions, 'request'> & { readonly provider: { readonly name: string } },
  bytes: Buffer,
  secrets?: readonly string[],
): ReadCompletion {
  const given = parseBody(name, bytes, secrets)
  // The native API of Text Embeddings Inference answers with a bare list of vectors, and that of Ollama names it otherwise.
  const sent = fieldsOf(Array.isArray(given) ? { data: given } : given) ?? {}
  const data = readEmbeddingList(
    sent['data'] ?? sent['embeddings'],
    inputsOf(request).length,
    request['encoding_format'],
  )
  const told = fieldsOf(sent['usage']) ?? {}
  const usage = readUsage({ completion_tokens: 0, ...told })
  const model = wordsOf(sent['model'])
  const isSound = data === sent['data'] && sent['object'] === 'list'
  const completion: Completion = {
    id: newCompletionId(),
    object: 'list',
    created: unixSeconds(),
    model: model ?? request.model,
    choices: [],
    data,
    usage: usage ?? estimated(request),
  }
  // Clients read both numbers.
  const isCounted =
    usage?.prompt_tokens === told['prompt_tokens'] && usage?.total_tokens === told['total_tokens']
  return { completion, untouched: isSound && usage !== undefined && isCounted && model !== undefined }
}

/** Inputs are texts or lists of token ids; bare numbers are one list. */
function inputsOf({ input }: ChatRequest): readonly unknown[] {
  return Array.isArray(input) && typeof input[0] !== 'number' ? (input as unknown[]) : [input]
}

function estimated(request: ChatRequest): Usage {
  const inputs = inputsOf(request)
  const ids = inputs.flat().filter(input => typeof input === 'number').length
  const texts = inputs.filter(input => typeof input === 'string')
  const messages = texts.map(content => ({ role: 'user', content }))
  const { prompt_tokens: ofTexts, ...rest } = estimateUsage({ ...request, messages }, 0)
  return { ...rest, prompt_tokens: ofTexts + ids, total_tokens: ofTexts + ids }
}
