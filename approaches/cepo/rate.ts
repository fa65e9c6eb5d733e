import type { ChatRequest, Context } from '../../src/plugin.ts'
import { answerKey } from '../lib/answer.ts'
import { ask } from '../lib/ask.ts'
import { withUserText } from '../lib/conversation.ts'
import { bestGraded } from '../lib/graded.ts'
import { optional } from '../lib/optional.ts'
import type { Candidate, Candidates } from '../lib/sample.ts'
import { withoutThinking } from '../lib/tags.ts'
import { tuned } from '../lib/tuned.ts'
import { vote } from '../lib/vote.ts'
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
    return vote(candidates, candidate => answerKey(candidate.text)).winner
  }
  ctx.note(`Rating ${candidates.length} answers`)
  const { rating_model: model, bestofn_temperature: temperature, bestofn_max_tokens: tokens } = params
  const asked = tuned({ ...request, model: model || request.model }, temperature, tokens)
  const choose = params.bestofn_rating_type === 'pairwise' ? bestOfPairs : bestGraded
  return await ctx.span('rate', inner => choose(inner, asked, candidates))
}

/** Each two are compared in both orders, so that a liking for the first or the second place cancels out. */
async function bestOfPairs(ctx: Context, request: ChatRequest, candidates: Candidates): Promise<Candidate> {
  const wins = candidates.map(() => 0)
  const compare = async (first: number, second: number): Promise<void> => {
    const pair = [candidates[first]!, candidates[second]!]
    const winner = await optional(ctx, 'A comparison', () => better(ctx, request, pair))
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
): Promise<1 | 2 | undefined> {
  const answers = pair.map(
    ({ text }, at) => `<answer number="${at + 1}">\n${withoutThinking(text) || text}\n</answer>`,
  )
  return readPick(
    await ask(ctx, request, withUserText(request.messages, `${answers.join('\n\n')}\n\n${comparePrompt}`)),
  )
}

const statement =
  /(?<![\d.,])([12])\W{1,4}(?:is|was|wins)\b(?: clearly| overall)?(?: the)?(?: better| best| more|$)/gim

const against = /\b(?:worse|wrong|incorrect|neither|not)\b/i

/** Which of two a judge prefers: "1 is better", or the one number in its last line, its first, or in all it says. */
export function readPick(text: string): 1 | 2 | undefined {
  const stated = [...text.matchAll(statement)].at(-1)?.[1]
  if (stated) return stated === '1' ? 1 : 2
  const lines = text.split('\n').filter(line => line.trim() !== '')
  for (const part of [lines.at(-1) ?? '', lines[0] ?? '', text]) {
    const named = new Set(part.match(/(?<![\d.,])[12](?![\d%]|[.,]\d)/g))
    if (named.size === 1 && !against.test(part)) return named.has('1') ? 1 : 2
  }
  return undefined
}
