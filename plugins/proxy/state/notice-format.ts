import { z } from 'zod'

const milliseconds = z.number().min(0).max(86_400_000)

/** The verdict of a breaker as other servers receive it. Times are counted from the moment it is posted. */
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

/** How much longer a key is set aside, and how many times in a row it was refused. */
const keyNotice = z.object({ restMs: milliseconds, strikes: z.int().min(0) })
export type KeyNotice = z.output<typeof keyNotice>

/** Parses a notice about a provider; undefined if this version cannot read it. */
export function parseBreakerNotice(text: string): BreakerNotice | undefined {
  return parse(breakerNotice, text)
}

/** Parses a notice about a key; undefined if this version cannot read it. */
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
