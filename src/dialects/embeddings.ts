import { z } from 'zod'
import { modelOrDefault } from '../chain/plan/default-model.ts'
import type { Completion } from '../contract/index.ts'
import { bodyObject, check, sharedFields } from './check.ts'
import type { Dialect, Encoder } from './dialect.ts'
import { openaiError } from './error-body.ts'
import { takeOwnFields } from './own-fields.ts'

const ids = z.array(z.int().min(0)).min(1)

const embeddingsBody = z.looseObject({
  model: sharedFields.model,
  n: z.literal(1, 'each input has exactly one embedding; omit n').nullish(),
  stream: z.literal(false, 'embeddings cannot be streamed').nullish(),
  input: z.union(
    [z.string(), z.array(z.string()).min(1), ids, z.array(ids).min(1)],
    'expected a string, a list of strings, or token ids',
  ),
})

const encoder: Encoder = {
  dialect: 'embeddings',
  completion: ({ data, model, usage }: Completion) => ({
    object: 'list',
    data,
    model,
    usage: { prompt_tokens: usage?.prompt_tokens ?? 0, total_tokens: usage?.total_tokens ?? 0 },
  }),
  chunk: () => [],
  end: () => [],
  fail: error => [{ ...openaiError(error) }],
}

/** OpenAI's embeddings. They come from the model alone: an approach has nothing to do. */
export const embeddings: Dialect = {
  name: 'embeddings',
  read(body, { bytes, aliases, defaultModel }) {
    const { rest, own } = takeOwnFields(bodyObject(body), aliases)
    const checked = check(embeddingsBody, rest)
    const model = modelOrDefault(checked.model, defaultModel)
    const request = { ...rest, model, messages: [] }
    const untouched = rest === body && checked.model === model
    const source = bytes && untouched ? { dialect: 'embeddings', bytes, request } : undefined
    return {
      requests: [{ request, source, own, operation: 'embeddings' }],
      stream: false,
      includeUsage: false,
      encoder,
    }
  },
}
