import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  endingOf,
  endingParams,
  sample,
  withDrawTemperature,
} from '../src/plugin.ts'
import { discardOutvoted, majorityOf, untilDecided } from './lib/judging/majority.ts'

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

  async run(request, ctx, { n, temperature, ...params }) {
    ctx.note(`Drawing ${n} answers`)
    const ending = endingOf(params)
    const candidates = await ctx.span('draw', inner =>
      sample(inner, withDrawTemperature(request, temperature), n, ending && untilDecided(ending, ctx)),
    )
    const majority = majorityOf(candidates)
    ctx.note(`${majority.votes} of ${candidates.length} answers agree`)
    discardOutvoted(candidates, majority)
    return majority.winner.answer()
  },
})
