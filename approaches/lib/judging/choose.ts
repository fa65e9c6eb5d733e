import { textOf } from '../../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'
import { ask } from '../asking/ask.ts'
import { withUserText } from '../asking/conversation.ts'
import { listCandidates, spokenText } from '../asking/prompt-lists.ts'
import { shorten } from '../asking/shorten.ts'
import { decideBy } from '../asking/tolerate-failure.ts'
import { tokensIn, usableTokens } from '../asking/tokens.ts'
import { shuffleIndexes } from '../request/shuffle.ts'
import { readPick } from './pick.ts'

/** The weight of all comparisons together, for a weight of 1 of all draws. */
const judgesWeight = 0.4

const introduction = 'Several writers have answered the above, each without knowledge of the others:'

const instruction = `Do not answer the above yourself; find out which of these answers serves best. Say where they \
differ, and work out for each difference who is right: recompute, and check claims and steps, whatever the tone they \
are put forward in. Correctness comes first, then completeness, then clarity. The order of the answers is random and \
their length is not a merit. Close with one line that names a single answer by its number, in this form:
Best: <number>`

/** Tokens of the instruction and the tags of a comparison, and the fewest that an answer keeps. */
const frame = 400
const fewest = 200

/** Estimated tokens that the answers of a comparison may have in all, so that it fits into the window of the judge. */
export function roomForAnswers(ctx: Context, { model, messages }: ChatRequest): number {
  const asked = messages.reduce((sum, message) => sum + tokensIn(textOf(message)), 0)
  return Math.max(fewest, usableTokens(ctx.contextWindow(model)) - asked - frame)
}

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

/**
 * Compares the candidates in one order, each without its middle if they would not fit into the window of the judge; returns the
 * index of the chosen one, or undefined if the judge named none.
 */
async function compareIn(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  order: readonly number[],
): Promise<number | undefined> {
  const room = Math.max(fewest, Math.floor(roomForAnswers(ctx, request) / candidates.length))
  const answers = listCandidates(
    'answer',
    order.map(index => ({ text: shorten(spokenText(candidates[index]!), room) })),
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
