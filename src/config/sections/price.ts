import { z } from 'zod'
import { closestPattern } from '../../text/name-pattern.ts'

const perMillion = () => z.number().min(0).max(1_000_000)

/**
 * The price of a model. Input and output are required: a part that is missing must not count as free. The others are
 * parts of these two, at their price unless they have one of their own.
 */
export const price = z.strictObject({
  input: perMillion().describe('USD per million tokens of prompts'),
  output: perMillion().describe('USD per million tokens of answers'),
  cached_input: perMillion()
    .optional()
    .describe("USD per million tokens of prompts read from the provider's cache (default: input)"),
  cache_write: perMillion()
    .optional()
    .describe("USD per million tokens of prompts written to the provider's cache (default: input)"),
  reasoning: perMillion().optional().describe('USD per million tokens of thoughts (default: output)'),
  call: z.number().min(0).max(1000).optional().describe('USD per call, in addition to its tokens'),
})

/** A price in USD: per million tokens, and per call. */
export type Price = z.output<typeof price>

/** The prices of a provider, by its own names of models. */
export interface Prices {
  readonly price?: Price | undefined
  readonly model_prices: Readonly<Record<string, Price>>
}

/**
 * The price of a model, by the provider's own name of it: that of its name, of the longest pattern that matches, or of the
 * provider. Undefined if it is unknown, which is not the same as free.
 */
export function priceOf({ price: general, model_prices: prices }: Prices, model: string): Price | undefined {
  if (Object.hasOwn(prices, model)) return prices[model]
  const closest = closestPattern(Object.keys(prices), model)
  return closest === undefined ? general : prices[closest]
}
