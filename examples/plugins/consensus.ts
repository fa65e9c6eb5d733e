import { defineApproach, groupByAnswer, HulumanageError, sample } from 'hulumanage/plugin'
import { z } from 'zod'

export default defineApproach({
  api: 1,
  name: 'consensus',
  summary: 'Answers only if enough of several drafts come to the same result',
  params: z.object({
    drafts: z.int().min(2).max(16).default(5).describe('how many drafts to compare'),
    agreeing: z.number().gt(0).max(1).default(0.6).describe('share that must have the same result'),
  }),
  cost: ({ drafts }, n) => ({ calls: n * drafts, rounds: 1 }),

  async run(request, ctx, { drafts, agreeing }) {
    const candidates = await sample(ctx, request, drafts)
    const groups = groupByAnswer(candidates)
    const shared = groups.find(({ members }) => members.length / drafts >= agreeing)
    if (shared) return shared.first.answer()
    throw new HulumanageError(
      'no_answer',
      `no result has a share of ${agreeing} in ${drafts} drafts; raise consensus's drafts or lower agreeing`,
    )
  },
})
