import type { Conversion } from '../conversion.ts'
import type { ForeignMapping } from '../foreign-mapping.ts'

/** LiteLLM's names of prices per token, which are per million tokens here. */
const perToken = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cached_input',
  cache_creation_input_token_cost: 'cache_write',
  output_cost_per_reasoning_token: 'reasoning',
} as const

/** A price as our configuration has it. */
export type ReadPrice = Readonly<Partial<Record<(typeof perToken)[keyof typeof perToken], number>>>

/**
 * Reads the price of a deployment from its parameters, else from the facts about its model. Undefined without one; a price
 * without both input and output is left out with a note.
 */
export function readPrice(
  params: ForeignMapping,
  info: ForeignMapping | undefined,
  ours: Conversion,
): ReadPrice | undefined {
  const price: Record<string, number> = {}
  let last: ForeignMapping | undefined
  for (const [theirs, own] of Object.entries(perToken)) {
    for (const place of [info, params]) {
      const usd = place?.number(theirs)
      if (usd === undefined) continue
      // Products such as 1.1e-6 * 1e6 have digits that nobody wrote.
      price[own] = Number((usd * 1_000_000).toPrecision(12))
      last = place
    }
  }
  if (!last || ('input' in price && 'output' in price)) return last && price
  ours.note(last.path, 'a price needs both input_cost_per_token and output_cost_per_token; left out', 'lost')
  return undefined
}
