import { z } from 'zod'
import { defineApproach, drawTemperature, endingParams } from '../src/plugin.ts'
import { discardOutvoted, drawMajority } from './lib/judging/majority.ts'

export default defineApproach({
  name: 'self_consistency',
  summary: 'Draws several answers and returns the one whose final result most of them share',
  paper: 'https://arxiv.org/abs/2203.11171',
  params: z.object({
    n: z.int().min(1).max(64).default(5).describe('how many answers to draw'),
    temperature: drawTemperature,
    ...endingParams,
  }),
  aliases: { num_samples: 'n' },
  cost: ({ n }, times) => ({ calls: times * n, rounds: 1 }),

  async run(request, ctx, { n, ...params }) {
    const { candidates, majority } = await drawMajority(ctx, request, n, params)
    discardOutvoted(candidates, majority)
    return majority.winner.answer()
  },
})
