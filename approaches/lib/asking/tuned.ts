import { z } from 'zod'
import type { ChatRequest } from '../../../src/plugin.ts'

/** A param for the temperature of one step of a method. */
export function stepTemperature(step: string, otherwise = "the request's own"): z.ZodOptional<z.ZodNumber> {
  return z.number().min(0).max(2).optional().describe(`temperature of ${step}; by default ${otherwise}`)
}

/** A param for the most tokens of one step of a method. */
export function stepTokens(step: string): z.ZodOptional<z.ZodInt> {
  return z.int().min(1).optional().describe(`most tokens of ${step}; by default no limit`)
}

/** The request with what is set for a step; as it is where nothing is set. */
export function tuned(request: ChatRequest, temperature?: number, tokens?: number): ChatRequest {
  return {
    ...request,
    ...(temperature === undefined ? {} : { temperature }),
    ...(tokens === undefined ? {} : { max_tokens: tokens }),
  }
}
