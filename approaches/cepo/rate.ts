import type { Candidate, Candidates, ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { selectBestGraded } from '../lib/judging/graded.ts'
import { listCandidates } from '../lib/asking/prompt-lists.ts'
import { majorityOf } from '../lib/judging/majority.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { readPick } from '../lib/judging/pick.ts'
import { tune } from '../lib/asking/step-params.ts'
import type { CepoParams } from './params.ts'

const comparePrompt = `Compare the two answers to the above as a strict examiner: which one is correct, complete and \
clear? Where they contradict each other, find out which is right; neither length nor order counts. Reply with the number \
of the better answer, 1 or 2, and nothing else.`

/** Rates each candidate once and gives the best; the earliest of equals. */
export async function selectBest(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  params: CepoParams,
): Promise<Candidate> {
  if (params.bestofn_rating_type === 'majority') {
    return majorityOf(candidates).winner
  }
  ctx.note(`Rating ${candidates.length} answers`)
  const { rating_model: model, bestofn_temperature: temperature, bestofn_max_tokens: tokens } = params
  const asked = tune({ ...request, model: model || request.model }, temperature, tokens)
  const choose = params.bestofn_rating_type === 'pairwise' ? bestOfPairs : selectBestGraded
  return await ctx.span('rate', inner => choose(inner, asked, candidates))
}

/** Each two are compared in both orders, so that a liking for the first or the second place cancels out. */
async function bestOfPairs(ctx: Context, request: ChatRequest, candidates: Candidates): Promise<Candidate> {
  const wins = candidates.map(() => 0)
  const compare = async (first: number, second: number): Promise<void> => {
    const pair = [candidates[first]!, candidates[second]!]
    const winner = await tolerateFailure(ctx, 'a comparison', () => better(ctx, request, pair))
    if (winner !== undefined) wins[winner === 1 ? first : second]!++
  }
  const places = [...candidates.keys()]
  const pairs = places.flatMap(first =>
    places.filter(second => second !== first).map(second => [first, second]),
  )
  await Promise.all(pairs.map(([first, second]) => compare(first!, second!)))
  return candidates[wins.indexOf(Math.max(...wins))]!
}

async function better(
  ctx: Context,
  request: ChatRequest,
  pair: readonly Candidate[],
): Promise<number | undefined> {
  const question = `${listCandidates('answer', pair)}\n\n${comparePrompt}`
  return readPick(await ask(ctx, request, withUserText(request.messages, question)), pair.length)
}
