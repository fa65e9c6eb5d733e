import { z } from 'zod'
import type { Cost } from '../../src/plugin.ts'
import { helperEffort } from '../lib/request/helper-effort.ts'
import { stepTemperature, stepTokens } from '../lib/request/step-params.ts'

export const params = z.object({
  bestofn_n: z.int().min(1).max(16).default(3).describe('how many answers to work out and choose from'),
  bestofn_rating_type: z
    .enum(['absolute', 'pairwise', 'majority'])
    .default('absolute')
    .describe('how to choose: by grades, by comparing all pairs in both orders, or by majority'),
  rating_model: z.string().default('').describe('model that rates; by default the requested one'),
  bestofn_temperature: stepTemperature('the rating'),
  bestofn_max_tokens: stepTokens('a rating'),
  helper_effort: helperEffort,
  planning_n: z.int().min(1).max(16).default(3).describe('how many plans to carry out for each answer'),
  planning_m: z
    .int()
    .min(1)
    .max(32)
    .default(6)
    .describe('maximum number of plans to try until planning_n are carried out, as some may be truncated'),
  use_plan_diversity: z
    .boolean()
    .default(false)
    .describe('base the plans of each answer on a different idea'),
  planning_temperature_step1: stepTemperature('planning', "the request's own, or 1 if that is 0"),
  planning_temperature_step2: stepTemperature('carrying out a plan'),
  planning_temperature_step3: stepTemperature('the review'),
  planning_temperature_step4: stepTemperature('the answer'),
  planning_temperature_direct_resp: stepTemperature('the answer if no plan could be carried out'),
  planning_max_tokens_step1: stepTokens('a plan'),
  planning_max_tokens_step2: stepTokens('carrying out a plan'),
  planning_max_tokens_step3: stepTokens('the review'),
  planning_max_tokens_step4: stepTokens('the answer, if the request sets none'),
  planning_max_tokens_direct_resp: stepTokens('the answer if no plan could be carried out'),
})

export type CepoParams = z.output<typeof params>

/** OptiLLM's names for the fields, such as `cepo_planning_n`. */
export const aliases: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(params.shape).map(name => [`cepo_${name}`, name]),
)

/** Truncated plans are retried one after another, in the worst case all within a single chain of retries. */
export function cost(chosen: CepoParams, times: number): Cost {
  const { bestofn_n: n, planning_n: wanted, planning_m: tries } = chosen
  const ways = needsWays(chosen) ? 1 : 0
  const ratings =
    n === 1 ? 0 : { absolute: n, pairwise: n * (n - 1), majority: 0 }[chosen.bestofn_rating_type]
  const spare = Math.max(0, tries - wanted)
  return {
    calls: times * (ways + n * (2 * tries + 2) + ratings),
    rounds: ways + 2 * (1 + spare) + 2 + (ratings > 0 ? 1 : 0),
  }
}

/** Whether different ideas are listed first, which a single answer does not need. */
export function needsWays({ use_plan_diversity: wanted, bestofn_n: n }: CepoParams): boolean {
  return wanted && n > 1
}
