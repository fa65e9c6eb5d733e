import { z } from 'zod'

/** `costs`: the cost of answers in USD. */
export const costs = z.strictObject({
  list_prices: z
    .boolean()
    .default(true)
    .describe(
      'Whether models without `price` or `model_prices` have the list price of their service, if it is known by its address',
    ),
  in_answers: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Whether answers have `usage.cost`: `auto`: if this server writes the answer and knows the cost, not if it relays the ' +
        'bytes of a provider; `always`: relayed ones, too, and null for a cost that is unknown',
    ),
})

/** A value of `costs.in_answers`. */
export type CostsInAnswers = z.output<typeof costs>['in_answers']
