import { z } from 'zod'
import { count, seconds } from '../../value-schemas.ts'

/** A path below /v1. A slash or `/v1` before it is taken off. */
const endpoint = z
  .string()
  .overwrite(path => path.replace(/^\/?(?:v1\/)?/, '').replace(/\/$/, ''))
  .regex(/^[\w.-]+(?:\/[\w.-]+)*$/)
  .meta({ expected: 'a path below /v1 such as embeddings or chat/completions' })

const ofEndpoint = z
  .union([
    count(),
    z.strictObject({
      requests: count(),
      window: seconds().optional(),
    }),
  ])
  .meta({ expected: 'a number of requests, or a mapping of requests and window' })

/** `rate_limit`: of the server, or of one client. */
export const clientLimit = z
  .strictObject({
    requests: count()
      .optional()
      .describe(
        'Maximum requests per window to each group of endpoints (default: no limit beside `endpoints`)',
      ),
    window: seconds().default(60).describe('Length of a window in seconds'),
    endpoints: z
      .record(endpoint, ofEndpoint)
      .optional()
      .describe(
        'Maximum requests to single endpoints and those below them, by their path, such as `embeddings: 200`; or a mapping of `requests` and a `window` of its own',
      ),
  })
  .refine(({ requests, endpoints = {} }) => requests !== undefined || Object.keys(endpoints).length > 0, {
    error: 'a rate limit needs requests or endpoints',
  })

/** A rate limit of requests to this server. */
export type ClientLimit = z.output<typeof clientLimit>
