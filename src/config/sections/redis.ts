import { z } from 'zod'
import { seconds } from '../value-schemas.ts'

/** `redis`: the store that servers share. */
export const redis = z.strictObject({
  url: z
    .url({ protocol: /^rediss?$/ })
    .meta({ expected: 'a redis or rediss URL' })
    .describe('Address of Redis, such as redis://localhost:6379/0; rediss:// uses TLS'),
  password: z.string().min(1).optional().describe('Password, if it is not part of the URL'),
  namespace: z
    .string()
    .regex(/^[\w.-]+$/)
    .meta({ expected: 'letters, digits, _, . and -' })
    .default('hulumanage')
    .describe(
      'Prefix of every key except those of the cache; servers with the same namespace share their state',
    ),
  timeout: seconds()
    .default(0.05)
    .describe('Seconds to wait for Redis before a server falls back to its own state'),
})
