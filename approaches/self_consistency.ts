import { z } from 'zod'
import { defineApproach, drawTemperature, endingParams } from '../src/plugin.ts'
import { helperEffort, withHelperEffort } from './lib/request/helper-effort.ts'
import { adaptiveParams, roundsOf } from './lib/judging/agreement.ts'
import { equivalence } from './lib/judging/equivalence.ts'
import { decideByMeaning, discardOutvoted, drawMajority } from './lib/judging/majority.ts'

export default defineApproach({
  name: 'self_consistency',
  summary: 'Draws several answers and returns the one whose final result most of them share',
  paper: 'https://arxiv.org/abs/2203.11171',
  params: z.object({
    n: z.int().min(1).max(64).default(5).describe('how many answers to draw at most'),
    temperature: drawTemperature,
    equivalence,
    helper_effort: helperEffort,
    ...adaptiveParams,
    ...endingParams,
  }),
  aliases: { num_samples: 'n' },
  cost({ n, equivalence: compares, ...params }, times) {
    const comparisons = compares === 'auto' && n > 1 ? 1 : 0
    return { calls: times * (n + comparisons), rounds: roundsOf(n, params) + comparisons }
  },

  async run(request, ctx, { n, equivalence: compares, helper_effort: effort, ...params }) {
    const drawn = await drawMajority(ctx, request, n, params)
    const majority =
      compares === 'auto'
        ? await decideByMeaning(ctx, withHelperEffort(request, effort), drawn)
        : drawn.majority
    discardOutvoted(drawn.candidates, majority)
    return majority.winner.answer()
  },
})
