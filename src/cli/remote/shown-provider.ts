import { z } from 'zod'

/** A provider, as far as it is shown. The server may be of another version: other fields are left out. */
export const shownProvider = z.object({
  name: z.string(),
  type: z.string(),
  host: z.string().nullable(),
  status: z.string(),
  drained: z.object({ since: z.string(), by: z.string().nullable() }).nullable().default(null),
  resting: z
    .object({ since: z.string(), reason: z.string(), model: z.string().nullable() })
    .nullable()
    .default(null),
  active: z.number(),
  max_concurrent: z.number().nullable(),
  adaptive_limit: z.number().nullable().default(null),
  requests: z.number(),
  failures: z.number(),
  last_error: z.string().nullable(),
  retry_in: z.number().default(0),
})
/** A provider of a running server. */
export type ShownProvider = z.output<typeof shownProvider>
/** The answer of `GET /providers`, as far as it is shown. */
export const providerList = z.object({ providers: z.array(shownProvider) })
