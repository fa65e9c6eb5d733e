import { z } from 'zod'

const milliseconds = z.number().min(0).max(86_400_000)

/** How a breaker stands, for other servers; times are counted from when it is told. */
const breakerNotice = z.object({
  open: z.boolean(),
  openMs: milliseconds,
  strikes: z.int().min(0),
  unreachable: z.boolean(),
  probing: z.boolean(),
  limitedMs: milliseconds,
  models: z.record(z.string(), milliseconds),
  lastError: z.string().optional(),
})
export type BreakerNotice = z.output<typeof breakerNotice>

/** How long a key rests, and how often it was refused in a row. */
const keyNotice = z.object({ restMs: milliseconds, strikes: z.int().min(0) })
export type KeyNotice = z.output<typeof keyNotice>

/** What another server has told; undefined where it makes no sense to this version. */
export function parseBreakerNotice(text: string): BreakerNotice | undefined {
  return parse(breakerNotice, text)
}

export function parseKeyNotice(text: string): KeyNotice | undefined {
  return parse(keyNotice, text)
}

function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
