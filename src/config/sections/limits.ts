import { z } from 'zod'
import { count } from '../value-schemas.ts'

/** A body is read by functions that call themselves for each level; this is far below what their stack holds. */
const maxDepth = 1000

/** `limits`: the maximum of what one request may be, ask for or spend. */
export const limits = z.strictObject({
  body_bytes: count()
    .default(32 * 1024 * 1024)
    .describe('Maximum bytes of a request body that is kept in memory'),
  // Of a stream, two amounts that are kept in memory: what it says is kept as characters, and is counted apart from the bytes that
  // bring no content, such as comments, which nobody keeps.
  response_bytes: count()
    .default(32 * 1024 * 1024)
    .describe(
      "Maximum bytes of a provider's answer; of a streamed one, characters of its text, images, sealed thoughts and log probabilities, and bytes between two chunks with content",
    ),
  depth: count().max(maxDepth).default(64).describe('Maximum nesting depth of a request body'),
  n: count().default(16).describe('Maximum choices a request may ask for'),
  steps: count().default(16).describe('Maximum steps in a chain'),
  calls: count().default(256).describe('Maximum model calls for one request'),
  usd: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe('Maximum cost of one request in USD; every provider needs a price (default: no limit)'),
  tokens: count().optional().describe('Maximum tokens for one request (default: no limit)'),
})
