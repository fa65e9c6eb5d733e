import { z } from 'zod'
import { count, seconds } from '../value-schemas.ts'

/** `pass_through`: requests to endpoints that this server does not know. */
export const passThrough = z.strictObject({
  paths: z
    .array(
      z
        .string()
        .regex(/^(\*|[\w.-]+(\/[\w.-]+)*)$/)
        .meta({ expected: 'a path below /v1 such as images or audio/speech, or `*`' }),
    )
    .default(['*'])
    .describe('Paths below /v1 that are passed on, with all below them; `*`: every path; empty: none'),
  timeout: seconds()
    .default(120)
    .describe("Seconds per attempt to the first byte of the answer; a provider's own timeout replaces them"),
  body_bytes: count()
    .default(512 * 1024 * 1024)
    .describe('Maximum bytes of a body that is not JSON; more than limits.body_bytes are streamed'),
})

/** `kept_responses`: responses that clients may name. */
export const keptResponses = z.strictObject({
  enabled: z.boolean().default(true).describe('If false, nothing is kept, whatever a request says'),
  ttl: seconds().default(3600).describe('Seconds a response, or a thought, is kept'),
  max_bytes: count()
    .default(4 * 1024 * 1024)
    .describe('Maximum bytes of a response that is kept, including the conversation that led to it'),
})

/** `admin`: a second address, for operators. */
export const admin = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  port: z.int().min(0).max(65_535).describe('Port to listen on; 0: any free port'),
})
