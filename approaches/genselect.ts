import { z } from 'zod'
import { defineApproach, drawTemperature, groupByAnswer } from '../src/plugin.ts'
import type { AnswerGroup, Candidate, Candidates, ChatRequest, Context } from '../src/plugin.ts'
import { helperEffort } from './lib/request/helper-effort.ts'
import { choose, roomForAnswers } from './lib/judging/choose.ts'
import { spokenText } from './lib/asking/prompt-lists.ts'
import { tokensIn } from './lib/asking/tokens.ts'
import { drawsOf, oneOfEach } from './lib/judging/agreement.ts'
import { majorityOf } from './lib/judging/majority.ts'
import { forJudging, judge, scorerParam } from './lib/scoring/params.ts'
import { drawFor, selectBest } from './lib/scoring/select.ts'

export default defineApproach({
  name: 'genselect',
  summary: 'Draws several answers, has the model compare them side by side, returns the chosen one',
  paper: 'https://arxiv.org/abs/2504.16891',
  params: z.object({
    n: z.int().min(2).max(64).default(4).describe('how many answers to draw'),
    votes: z
      .int()
      .min(1)
      .max(16)
      .default(3)
      .describe('how often to make each comparison, each time in a different order'),
    mode: z
      .enum(['batch', 'tournament'])
      .default('batch')
      .describe(
        'compare all answers at once if they fit into the context of the model, or two at a time with the better one advancing',
      ),
    comparison_temperature: z
      .number()
      .min(0)
      .max(2)
      .nullable()
      .default(null)
      .describe('temperature of the comparisons; by default that of the request'),
    scorer: scorerParam('pairwise'),
    judge,
    temperature: drawTemperature,
    helper_effort: helperEffort,
  }),
  aliases: {
    num_candidates: 'n',
    comparison_mode: 'mode',
    comparison_temperature: 'comparison_temperature',
  },
  cost({ n, votes, mode, scorer }, times) {
    if (scorer === 'grade') return { calls: times * 2 * n, rounds: 2 }
    if (scorer !== 'pairwise') return { calls: times * n, rounds: 1 }
    const comparisons = mode === 'batch' ? Math.max(votes, n - 1) : votes * (n - 1)
    return { calls: times * (n + comparisons), rounds: 1 + Math.ceil(Math.log2(n)) }
  },

  async run(request, ctx, { n, votes, mode, scorer, temperature, ...params }) {
    ctx.note(`Drawing ${n} answers`)
    const candidates = await ctx.span('draw', inner => drawFor(inner, request, n, { scorer, temperature }))
    const groups = groupByAnswer(candidates)
    const { winner, agreeing } = majorityOf(candidates)
    if (groups.length === 1) return winner.answer()

    ctx.offer(winner.answer())
    const asking = forJudging(request, params)
    if (scorer !== 'pairwise') return (await selectBest(ctx, asking, candidates, scorer)).answer()
    const others = oneOfEach(groups).filter(candidate => !agreeing.has(candidate))
    const ranked: Candidates = [winner, ...others]
    for (const candidate of candidates)
      if (!ranked.includes(candidate)) candidate.discard('same answer as another')
    const { comparison_temperature: cool } = params
    const judging = cool === null ? asking : { ...asking, temperature: cool }
    const size = mode === 'batch' ? fittingSize(ctx, judging, ranked) : 2
    // A batch that has to be split makes no more comparisons than one of the most answers would.
    const each =
      mode === 'batch' && size < ranked.length ? shareOf(Math.max(votes, n - 1), ranked, size) : votes
    return (await compareInGroups(ctx, judging, ranked, { votes: each, groups, size })).answer()
  },
})

/** How many of the candidates can be compared at once: as many as fit into the window of the judge, at least two. */
function fittingSize(ctx: Context, request: ChatRequest, candidates: Candidates): number {
  const longest = Math.max(1, ...candidates.map(candidate => tokensIn(spokenText(candidate))))
  const fitting = Math.floor(roomForAnswers(ctx, request) / longest)
  return Math.min(candidates.length, Math.max(2, fitting))
}

/** How often each comparison in groups of at most `size` can be made with this number of calls, at least once. */
function shareOf(calls: number, candidates: Candidates, size: number): number {
  let comparisons = 0
  for (let count = candidates.length; count > 1; count = Math.ceil(count / size))
    comparisons += Math.floor(count / size) + (count % size > 1 ? 1 : 0)
  return Math.max(1, Math.floor(calls / comparisons))
}

/** Compares in concurrent groups of at most `size`, then compares the chosen ones, until one is left. */
async function compareInGroups(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  {
    votes,
    size,
    groups,
  }: { readonly votes: number; readonly size: number; readonly groups: readonly AnswerGroup[] },
): Promise<Candidate> {
  let remaining = candidates
  for (let round = 1; remaining.length > 1; round++) {
    ctx.note(`Comparing ${remaining.length} answers`)
    const lists = groupsOf(remaining, size)
    const chosen = await ctx.span(round === 1 ? 'select' : `select_${round}`, inner =>
      Promise.all(lists.map(list => choose(inner, request, list, votes, drawsOf(list, groups)))),
    )
    remaining = [chosen[0]!, ...chosen.slice(1)]
    ctx.offer(remaining[0].answer())
  }
  return remaining[0]
}

function groupsOf(candidates: Candidates, size: number): readonly Candidates[] {
  const [first, ...rest] = candidates.slice(0, size)
  const after = candidates.slice(size)
  const [next, ...others] = after
  const group: Candidates = [first!, ...rest]
  return next ? [group, ...groupsOf([next, ...others], size)] : [group]
}
