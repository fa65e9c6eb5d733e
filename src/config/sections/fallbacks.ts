import { z } from 'zod'

const models = () => z.record(z.string().min(1), z.array(z.string().min(1)).min(1)).default({})

/** `fallbacks`: the models that are asked in place of another, by the cause of its failure. */
export const fallbacks = z.strictObject({
  context: models().describe('Models with larger windows, for requests that are too long for a model'),
  policy: models().describe('Models for requests that the content policy of a model refuses'),
  any: models().describe('Models for every other failure of all providers of a model'),
})
