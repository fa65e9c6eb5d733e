import { z } from 'zod'

/** `routing.hedge`: a second provider for calls that are slow to begin. */
export const hedge = z.strictObject({
  after: z
    .union([z.enum(['p50', 'p75', 'p90', 'p95', 'p99']), z.number().min(0.01).max(600)])
    .meta({ expected: 'p50, p75, p90, p95, p99, or seconds from 0.01 to 600' })
    .default('p95')
    .describe(
      'Seconds without a first content after which another provider is asked, too, or the percentile of such times of recent calls for the model',
    ),
  budget: z
    .number()
    .min(0.001)
    .max(0.5)
    .meta({ expected: 'a share from 0.001 to 0.5, such as 0.05 for 5 %' })
    .default(0.05)
    .describe('Maximum share of calls for which another provider is asked'),
})

export type Hedge = z.infer<typeof hedge>
