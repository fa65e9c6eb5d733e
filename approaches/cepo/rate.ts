import type { Candidate, Candidates, ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { withHelperEffort } from '../lib/request/helper-effort.ts'
import { selectBestGraded } from '../lib/judging/graded.ts'
import { discardOthers } from '../lib/judging/discard-others.ts'
import { listCandidates } from '../lib/asking/prompt-lists.ts'
import { discardOutvoted, majorityOf } from '../lib/judging/majority.ts'
import { decideBy } from '../lib/asking/tolerate-failure.ts'
import { readPick } from '../lib/judging/pick.ts'
import { tune } from '../lib/request/step-params.ts'
import type { CepoParams } from './params.ts'

const comparePrompt = `Compare the two answers to the above as a strict examiner: which one is correct, complete and \
clear? Where they contradict each other, find out which is right; neither length nor order counts. Reply with the number \
of the better answer, 1 or 2, and nothing else.`

/** Rates the candidates and returns the best; ties go to the earliest. */
export async function selectBest(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  params: CepoParams,
): Promise<Candidate> {
  if (params.bestofn_rating_type === 'majority') {
    const majority = majorityOf(candidates)
    discardOutvoted(candidates, majority)
    return majority.winner
  }
  ctx.note(`Rating ${candidates.length} answers`)
  const { rating_model: model, bestofn_temperature: temperature, bestofn_max_tokens: tokens } = params
  const judging = withHelperEffort(request, params.helper_effort)
  const rating = tune({ ...judging, model: model || request.model }, temperature, tokens)
  const select = params.bestofn_rating_type === 'pairwise' ? selectBestOfPairs : selectBestGraded
  return await ctx.span('rate', inner => select(inner, rating, candidates))
}

/** Compares all pairs in both orders, so that a bias towards the first or the second position cancels out. */
async function selectBestOfPairs(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
): Promise<Candidate> {
  const wins = candidates.map(() => 0)
  const compare = async (first: number, second: number): Promise<number | undefined> => {
    const pair = [candidates[first]!, candidates[second]!]
    const winner = await comparePair(ctx, request, pair)
    if (winner !== undefined) wins[winner === 1 ? first : second]!++
    return winner
  }
  const indexes = [...candidates.keys()]
  const pairs = indexes.flatMap(first =>
    indexes.filter(second => second !== first).map(second => [first, second]),
  )
  const comparisons = pairs.map(
    ([first, second]) =>
      () =>
        compare(first!, second!),
  )
  await decideBy(ctx, 'a comparison', comparisons)
  const best = candidates[wins.indexOf(Math.max(...wins))]!
  discardOthers(candidates, best, 'another one was chosen')
  return best
}

/** Returns the number of the better candidate, 1 or 2; undefined if the judge named none. */
async function comparePair(
  ctx: Context,
  request: ChatRequest,
  pair: readonly Candidate[],
): Promise<number | undefined> {
  const question = `${listCandidates('answer', pair)}\n\n${comparePrompt}`
  return readPick(await ask(ctx, request, withUserText(request.messages, question)), pair.length)
}
