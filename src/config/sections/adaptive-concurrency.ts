import { z } from 'zod'
import { count } from '../value-schemas.ts'

/** `adaptive_concurrency` of a provider: a maximum of concurrent calls that follows its rejections. */
export const adaptiveConcurrency = z.strictObject({
  initial: count().default(10).describe('Concurrent calls to begin with'),
  min: count().default(1).describe('Concurrent calls that are always allowed'),
})

export type AdaptiveConcurrency = z.infer<typeof adaptiveConcurrency>
