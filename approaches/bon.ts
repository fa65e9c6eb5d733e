import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  endingOf,
  endingParams,
  sample,
  withDrawTemperature,
} from '../src/plugin.ts'
import { helperEffort, withHelperEffort } from './lib/request/helper-effort.ts'
import { selectBestGraded } from './lib/judging/graded.ts'

export default defineApproach({
  name: 'bon',
  summary: 'Best of n: draws several answers, has the model grade each, returns the best',
  params: z.object({
    n: z.int().min(1).max(64).default(3).describe('how many answers to draw'),
    temperature: drawTemperature,
    helper_effort: helperEffort,
    ...endingParams,
  }),
  aliases: { best_of_n: 'n' },
  cost: ({ n }, times) => (n === 1 ? { calls: times, rounds: 1 } : { calls: times * 2 * n, rounds: 2 }),

  async run(request, ctx, { n, temperature, helper_effort: effort, ...params }) {
    ctx.note(`Drawing ${n} answers`)
    const ending = endingOf(params)
    const candidates = await ctx.span('draw', inner =>
      sample(inner, withDrawTemperature(request, temperature), n, ending),
    )
    const [first] = candidates
    if (candidates.length === 1) return first.answer()

    ctx.offer(first.answer())
    const grading = withHelperEffort(request, effort)
    const best = await ctx.span('grade', inner => selectBestGraded(inner, grading, candidates))
    return best.answer()
  },
})
