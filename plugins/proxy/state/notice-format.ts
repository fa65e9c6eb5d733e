import { z } from 'zod'
import { parseJson } from '../../../src/text/json/parse.ts'

const milliseconds = z.number().min(0).max(86_400_000)

const circuitNotice = z.object({
  /** Absent while it is closed. */
  cause: z.enum(['counted', 'unreachable', 'key']).optional(),
  openMs: milliseconds,
  strikes: z.int().min(0),
  probing: z.boolean(),
})
/** The state of a circuit as other servers receive it. */
export type CircuitNotice = z.output<typeof circuitNotice>

const restReason = z.enum(['model', 'rate_limit_exceeded', 'upstream_overloaded'])
/** Why a model rests at a provider: the provider does not have it, or has asked to wait. */
export type RestReason = z.output<typeof restReason>
const restNotice = z.object({ ms: milliseconds, reason: restReason })
export type RestNotice = z.output<typeof restNotice>

/** The verdict of a breaker as other servers receive it. Times are counted from the moment it is posted. */
const breakerNotice = z.object({
  provider: circuitNotice,
  models: z.record(z.string(), circuitNotice),
  rests: z.record(z.string(), restNotice),
  lastError: z.string().optional(),
})
export type BreakerNotice = z.output<typeof breakerNotice>

/** How much longer a key is set aside, for all models and for single ones, and how many times in a row it was refused. */
const keyNotice = z.object({
  restMs: milliseconds,
  strikes: z.int().min(0),
  models: z.record(z.string(), milliseconds).default({}),
})
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
    return schema.safeParse(parseJson(text)).data
  } catch {
    return undefined
  }
}
