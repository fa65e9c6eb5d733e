import { z } from 'zod'
import { defineApproach, drawTemperature, endingParams } from '../src/plugin.ts'
import { helperEffort, withHelperEffort } from './lib/asking/helper-effort.ts'
import { choose } from './lib/judging/choose.ts'
import { discardOutvoted, drawMajority } from './lib/judging/majority.ts'

export default defineApproach({
  name: 'majority_voting',
  summary: 'Draws many answers and returns the one most of them agree on; the model breaks a tie',
  paper: 'https://arxiv.org/abs/2203.11171',
  params: z.object({
    k: z.int().min(1).max(64).default(8).describe('how many answers to draw'),
    decide: z.boolean().default(true).describe('have the model break a tie, with one more call'),
    temperature: drawTemperature,
    helper_effort: helperEffort,
    ...endingParams,
  }),
  aliases: { k: 'k' },
  cost({ k, decide }, times) {
    const decisions = decide && k > 1 ? 1 : 0
    return { calls: times * (k + decisions), rounds: 1 + decisions }
  },

  async run(request, ctx, { k, decide, helper_effort: effort, ...params }) {
    const { candidates, majority } = await drawMajority(ctx, request, k, params)
    const { winner, leaders } = majority
    if (!decide || leaders.length === 1) {
      discardOutvoted(candidates, majority)
      return winner.answer()
    }

    ctx.offer(winner.answer())
    ctx.note(`Deciding between ${leaders.length} answers`)
    const deciding = withHelperEffort(request, effort)
    const decided = await ctx.span('decide', inner => choose(inner, deciding, leaders, 1))
    return decided.answer()
  },
})
