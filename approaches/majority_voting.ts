import { z } from 'zod'
import { defineApproach, drawTemperature, endingParams } from '../src/plugin.ts'
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
    ...endingParams,
  }),
  aliases: { k: 'k' },
  cost({ k, decide }, times) {
    const decisions = decide && k > 1 ? 1 : 0
    return { calls: times * (k + decisions), rounds: 1 + decisions }
  },

  async run(request, ctx, { k, decide, ...params }) {
    const { candidates, majority } = await drawMajority(ctx, request, k, params)
    const { winner, leaders } = majority
    if (!decide || leaders.length === 1) {
      discardOutvoted(candidates, majority)
      return winner.answer()
    }

    ctx.offer(winner.answer())
    ctx.note(`Deciding between ${leaders.length} answers`)
    const decided = await ctx.span('decide', inner => choose(inner, request, leaders, 1))
    return decided.answer()
  },
})
