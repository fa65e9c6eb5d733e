import type { Candidate, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'
import { ask } from '../asking/ask.ts'
import { withUserText } from '../asking/conversation.ts'
import { listCandidates } from '../asking/prompt-lists.ts'
import { decideBy } from '../asking/tolerate-failure.ts'
import { shuffleIndexes } from '../request/shuffle.ts'
import { readPick } from './pick.ts'

/** The weight of all comparisons together, for a weight of 1 of all draws. */
const judgesWeight = 0.4

const introduction = 'Several writers have answered the above, each without knowledge of the others:'

const instruction = `Do not answer the above yourself; find out which of these answers serves best. Say where they \
differ, and work out for each difference who is right: recompute, and check claims and steps, whatever the tone they \
are put forward in. Correctness comes first, then completeness, then clarity. The order of the answers is random and \
their length is no merit. Close with one line that names a single answer by its number, in this form:
Best: <number>`

/**
 * Has the model compare answers and choose one, in `votes` concurrent calls. Each call lists them in a different order, so
 * that every answer takes every position about equally often; the same request always has the same orders. Ties go to the
 * earliest answer, and so does the choice if no vote can be read: put the likelier ones first. `draws` is how often each
 * answer was given: these votes count with the comparisons, so that a judge that errs is not alone. Throws if every
 * comparison is refused.
 */
export async function choose(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  votes: number,
  draws: readonly number[] = [],
): Promise<Candidate> {
  if (candidates.length === 1) return candidates[0]
  const picks = await compare(ctx, request, candidates, votes)
  const weight =
    (judgesWeight * draws.reduce((sum, count) => sum + count, 0)) / Math.max(1, picks.length) || 1
  const scores = candidates.map(
    (_, index) => (draws[index] ?? 0) + weight * picks.filter(pick => pick === index).length,
  )
  const chosen = candidates[scores.indexOf(Math.max(...scores))]!
  for (const candidate of candidates) if (candidate !== chosen) candidate.discard('another one was chosen')
  return chosen
}

/** The indexes of the candidates that `votes` concurrent comparisons chose; fewer if some named none. Throws if all are refused. */
export async function compare(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  votes: number,
): Promise<readonly number[]> {
  const orders = ordersOf(request, candidates.length, votes)
  const comparisons = orders.map(order => () => compareIn(ctx, request, candidates, order))
  const picks = await decideBy(ctx, 'a comparison', comparisons)
  return picks.filter(pick => pick !== undefined)
}

/** Compares the candidates in one order; returns the index of the chosen one, or undefined if the judge named none. */
async function compareIn(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  order: readonly number[],
): Promise<number | undefined> {
  const answers = listCandidates(
    'answer',
    order.map(index => candidates[index]!),
  )
  const question = [introduction, answers, instruction].join('\n\n')
  const pick = readPick(await ask(ctx, request, withUserText(request.messages, question)), order.length)
  if (pick === undefined) ctx.log.warn('a comparison named no answer; continuing without it')
  return pick === undefined ? undefined : order[pick - 1]
}

/** One shuffle, derived from the request, and rotated a little further for each vote. */
function ordersOf(request: ChatRequest, count: number, votes: number): readonly (readonly number[])[] {
  const shuffled = shuffleIndexes(request, count)
  return Array.from({ length: votes }, (_empty, turn) => {
    const start = Math.round((turn * count) / votes) % count
    return [...shuffled.slice(start), ...shuffled.slice(0, start)]
  })
}
