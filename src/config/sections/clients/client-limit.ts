import { z } from 'zod'
import { count, seconds } from '../../value-schemas.ts'

const endpoint = z
  .string()
  .regex(/^(?!\/?v1\/?$)\/?(?:[\w.-]+\/)*[\w.-]+\/?$/)
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

/** Limits by path below /v1, without the slash or `/v1` that may be before it. */
const byEndpoint = z
  .record(endpoint, ofEndpoint)
  .superRefine((endpoints, context) => {
    const seen = new Map<string, string>()
    for (const written of Object.keys(endpoints)) {
      const path = belowVersion(written)
      const before = seen.get(path)
      if (before !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [written],
          message: `${before} is the same endpoint; keep one of them`,
        })
      }
      seen.set(path, written)
    }
  })
  .overwrite(endpoints =>
    Object.fromEntries(Object.entries(endpoints).map(([path, limit]) => [belowVersion(path), limit])),
  )

function belowVersion(path: string): string {
  return path.replace(/^\/?(?:v1\/)?/, '').replace(/\/$/, '')
}

/** `rate_limit`: of the server, or of one client. */
export const clientLimit = z
  .strictObject({
    requests: count()
      .optional()
      .describe(
        'Maximum requests per window to each group of endpoints (default: no limit beside `endpoints`)',
      ),
    window: seconds().default(60).describe('Length of a window in seconds'),
    endpoints: byEndpoint
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
