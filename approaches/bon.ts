import { z } from 'zod'
import { defineApproach, drawTemperature, endingOf, endingParams } from '../src/plugin.ts'
import type { Context } from '../src/plugin.ts'
import { roundsOf, windowsUntilDecided } from './lib/judging/agreement.ts'
import { helperEffort } from './lib/request/helper-effort.ts'
import { comparisons, forJudging, judge, scorerParam } from './lib/scoring/params.ts'
import { drawFor, selectBest } from './lib/scoring/select.ts'

/** The probability that the leading answer stays ahead that ends an adaptive draw. */
const confidence = 0.95

export default defineApproach({
  name: 'bon',
  summary: 'Best of n: draws several answers, has the model grade each, returns the best',
  params: z.object({
    n: z.int().min(1).max(64).default(3).describe('how many answers to draw'),
    scorer: scorerParam('grade'),
    judge,
    reason: z
      .boolean()
      .default(false)
      .describe(
        'have the judge give its reasons before a grade: better grades by models that do not think by themselves, for more tokens',
      ),
    temperature: drawTemperature,
    helper_effort: helperEffort,
    adaptive: z
      .boolean()
      .default(false)
      .describe('draw in steps and stop when the answers so far agree; fewer draws, but more rounds'),
    ...endingParams,
  }),
  aliases: { best_of_n: 'n' },
  cost({ n, scorer, adaptive, quorum }, times) {
    const judgements = n === 1 ? 0 : scorer === 'grade' ? n : scorer === 'pairwise' ? comparisons : 0
    return {
      calls: times * (n + judgements),
      rounds: Number(judgements > 0) + roundsOf(n, { adaptive, confidence, quorum }),
    }
  },

  async run(request, ctx, { n, scorer, temperature, adaptive, reason, ...params }) {
    ctx.note(`Drawing ${n} answers`)
    const ending = endingOf(params)
    const windows = adaptive && !ending ? windowsUntilDecided(n, confidence) : undefined
    const draw = (inner: Context) => drawFor(inner, request, n, { scorer, temperature, ending, windows })
    const candidates = await (windows ? draw(ctx) : ctx.span('draw', draw))
    const [first] = candidates
    if (candidates.length === 1) return first.answer()

    ctx.offer(first.answer())
    const best = await selectBest(ctx, forJudging(request, params), candidates, scorer, { reason })
    return best.answer()
  },
})
