import {
  groupByAnswer,
  sample,
  sampleEach,
  sampleInWindows,
  withDrawTemperature,
} from '../../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context, Ending, NextWindow } from '../../../src/plugin.ts'
import { drawsOf, oneOfEach } from '../judging/agreement.ts'
import { choose } from '../judging/choose.ts'
import { selectBestGraded } from '../judging/graded.ts'
import type { Grading } from '../judging/graded.ts'
import { majorityOf } from '../judging/majority.ts'
import { confidenceOf, hideLogprobs, withLogprobs } from './confidence.ts'
import { checkScorer, scoreEach } from './score.ts'
import { comparisons } from './params.ts'
import type { Scorer } from './params.ts'

/** Draws at most `n` answers that a scorer can tell apart, in `windows` if there are any. */
export async function drawFor(
  ctx: Context,
  request: ChatRequest,
  n: number,
  { scorer, temperature, ending, windows }: DrawOptions,
): Promise<Candidates> {
  const drawing = scorableRequest(request, { scorer, temperature })
  await checkScorer(ctx, request, scorer)
  const drawn = windows
    ? await sampleInWindows(ctx, drawing, n, windows)
    : await sample(ctx, drawing, n, ending)
  return scorer === 'logprob' ? hideLogprobs(drawn, request) : drawn
}

/** Draws an answer to each request, as `sampleEach` does, that a scorer can tell apart. */
export async function drawEachFor(
  ctx: Context,
  requests: readonly [ChatRequest, ...ChatRequest[]],
  options: ScoringOptions,
): Promise<Candidates> {
  await checkScorer(ctx, requests[0], options.scorer)
  const drawn = await sampleEach(
    ctx,
    requests.map(request => scorableRequest(request, options)),
  )
  return options.scorer === 'logprob' ? hideLogprobs(drawn, requests[0]) : drawn
}

function scorableRequest(request: ChatRequest, { scorer, temperature }: ScoringOptions): ChatRequest {
  const drawing = withDrawTemperature(request, temperature)
  return scorer === 'logprob' ? withLogprobs(drawing) : drawing
}

interface ScoringOptions {
  readonly scorer: Scorer
  readonly temperature?: number | undefined
}

interface DrawOptions extends ScoringOptions {
  readonly ending?: Ending<Candidate> | undefined
  readonly windows?: NextWindow | undefined
}

/**
 * The best candidate by a scorer, whose scores add up for each answer; `request` is that of the judge. The others are
 * discarded. Asks nothing if all agree, and throws if every judgement is refused.
 */
export async function selectBest(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  scorer: Scorer,
  grading: Grading = {},
): Promise<Candidate> {
  if (scorer === 'grade')
    return await ctx.span('grade', inner => selectBestGraded(inner, request, candidates, grading))
  const groups = groupByAnswer(candidates)
  if (scorer === 'pairwise' && groups.length > 1) {
    const chosen = oneOfEach(groups)
    return await ctx.span('select', inner =>
      choose(inner, request, chosen, comparisons, drawsOf(chosen, groups)),
    )
  }
  const best =
    groups.length === 1
      ? candidates[0]
      : await ctx.span('score', inner => bestBySum(inner, request, candidates, scorer))
  for (const candidate of candidates) if (candidate !== best) candidate.discard('another one was chosen')
  return best
}

async function bestBySum(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  scorer: Scorer,
): Promise<Candidate> {
  const weights =
    (scorer === 'logprob' && ranksOf(candidates)) || (await scoreEach(ctx, request, candidates, scorer))
  const known = weights.some(weight => weight !== undefined)
  if (!known || scorer === 'agreement') return majorityOf(candidates).winner
  const weightOf = new Map(candidates.map((candidate, index) => [candidate, weights[index] ?? 0]))
  const groups = groupByAnswer(candidates).map(({ members }) => ({
    best: members.toSorted((one, other) => weightOf.get(other)! - weightOf.get(one)!)[0]!,
    votes: members.length,
    sum: members.reduce((sum, member) => sum + weightOf.get(member)!, 0),
  }))
  return groups.toSorted((one, other) => other.sum - one.sum || other.votes - one.votes)[0]!.best
}

/**
 * The candidates' ranks by confidence, the surest one with the most: their differences say little, so that a sum of ranks (a
 * Borda count) is the better vote. Undefined if one has no log probabilities.
 */
function ranksOf(candidates: Candidates): readonly number[] | undefined {
  const peaks = candidates.map(candidate => confidenceOf(candidate)?.peak)
  if (!peaks.every(peak => peak !== undefined)) return undefined
  return peaks.map(peak => peaks.filter(other => other <= peak).length)
}
