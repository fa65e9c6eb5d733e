import { z } from 'zod'
import { count } from '../../value-schemas.ts'

const amounts = {
  usd: z
    .number()
    .positive()
    .max(1_000_000_000)
    .meta({ expected: 'a number above 0' })
    .optional()
    .describe('Maximum cost in USD; every provider needs a price'),
  tokens: count().optional().describe('Maximum tokens of prompts and completions, those of all calls'),
  requests: count().optional().describe('Maximum requests'),
}

function hasAmount({
  usd,
  tokens,
  requests,
}: {
  usd?: unknown
  tokens?: unknown
  requests?: unknown
}): boolean {
  return usd !== undefined || tokens !== undefined || requests !== undefined
}

const noAmount = { error: 'a budget needs usd, tokens or requests' }

/** `clients[].budget`: the maximum that a client may spend in a period. */
export const clientBudget = z
  .strictObject({
    ...amounts,
    per: z
      .enum(['day', 'month', 'total'])
      .default('month')
      .describe('Period in UTC after which it begins again; `total`: never'),
  })
  .refine(hasAmount, noAmount)

/** `session_budget`: the maximum of one session. */
export const sessionBudget = z.strictObject(amounts).refine(hasAmount, noAmount)

export type ClientBudget = z.output<typeof clientBudget>
/** The amounts that a budget limits. */
export type BudgetAmount = keyof typeof amounts
