import { z } from 'zod'
import type { ChatRequest } from '../../../src/plugin.ts'

/** A param for the temperature of one step of a method. */
export function stepTemperature(step: string, otherwise = "the request's own"): z.ZodOptional<z.ZodNumber> {
  return z.number().min(0).max(2).optional().describe(`temperature of ${step}; by default ${otherwise}`)
}

/** A param for the maximum number of tokens of one step of a method. */
export function stepTokens(step: string): z.ZodOptional<z.ZodInt> {
  return z.int().min(1).optional().describe(`maximum tokens of ${step}; by default no limit`)
}

/** The request with the temperature and the token limit of a step, as far as these are set. */
export function tune(request: ChatRequest, temperature?: number, tokens?: number): ChatRequest {
  return {
    ...request,
    ...(temperature === undefined ? {} : { temperature }),
    ...(tokens === undefined ? {} : { max_tokens: tokens }),
  }
}
