import { z } from 'zod'
import { defineApproach, drawTemperature, endingParams } from '../src/plugin.ts'
import { helperEffort } from './lib/request/helper-effort.ts'
import { adaptiveParams, roundsOf } from './lib/judging/agreement.ts'
import { choose } from './lib/judging/choose.ts'
import { equivalence } from './lib/judging/equivalence.ts'
import { forJudging, judge } from './lib/scoring/params.ts'
import { decideByMeaning, discardOutvoted, drawMajority } from './lib/judging/majority.ts'

export default defineApproach({
  name: 'majority_voting',
  summary: 'Draws many answers and returns the one most of them agree on; the model breaks a tie',
  paper: 'https://arxiv.org/abs/2203.11171',
  params: z.object({
    k: z.int().min(1).max(64).default(8).describe('how many answers to draw at most'),
    decide: z.boolean().default(true).describe('have the model break a tie, with one more call'),
    judge,
    temperature: drawTemperature,
    equivalence,
    helper_effort: helperEffort,
    ...adaptiveParams,
    ...endingParams,
  }),
  aliases: { k: 'k' },
  cost({ k, decide, equivalence: compares, ...params }, times) {
    const decisions = k > 1 ? Number(decide) + Number(compares === 'auto') : 0
    return { calls: times * (k + decisions), rounds: roundsOf(k, params) + decisions }
  },

  async run(request, ctx, { k, decide, equivalence: compares, ...params }) {
    const deciding = forJudging(request, params)
    const drawn = await drawMajority(ctx, request, k, params)
    const majority = compares === 'auto' ? await decideByMeaning(ctx, deciding, drawn) : drawn.majority
    const { winner, leaders } = majority
    if (!decide || leaders.length === 1) {
      discardOutvoted(drawn.candidates, majority)
      return winner.answer()
    }

    ctx.offer(winner.answer())
    ctx.note(`Deciding between ${leaders.length} answers`)
    const decided = await ctx.span('decide', inner => choose(inner, deciding, leaders, 1))
    return decided.answer()
  },
})
