import { z } from 'zod'
import { defineApproach, drawTemperature, HulumanageError, withSeed } from '../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withExchange } from '../lib/asking/conversation.ts'
import { enclose, spokenText } from '../lib/asking/prompt-lists.ts'
import { decideBy, reportUnread, tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { agrees, discardOthers, isNoCall } from '../lib/judging/discard-others.ts'
import { wholeTexts } from '../lib/judging/whole-texts.ts'
import { helperEffort } from '../lib/request/helper-effort.ts'
import { comparisons, forJudging, judge, scorerParam } from '../lib/scoring/params.ts'
import type { Scorer } from '../lib/scoring/params.ts'
import { scoreEach } from '../lib/scoring/score.ts'
import { drawEachFor, drawFor } from '../lib/scoring/select.ts'
import { bestAnswer, isUnanimous } from '../lib/search/best-answer.ts'
import { readScore, refinePrompt, reviewPrompt, unknownScore } from '../lib/search/review.ts'
import { randomFrom } from '../lib/search/thompson.ts'
import { AdaptiveTree } from './search.ts'
import type { Expansion } from './search.ts'

export default defineApproach({
  name: 'ab_mcts',
  summary:
    'Adaptive tree search over several models: grades and chance decide whether to start over or refine, and which model does',
  paper: 'https://arxiv.org/abs/2503.04412',
  params: z.object({
    models: z
      .array(z.string().min(1))
      .max(8)
      .default([])
      .describe('models that write; those whose answers are good write more; by default the requested one'),
    n: z.int().min(2).max(128).default(9).describe('how many answers to make in all'),
    parallel: z.int().min(1).max(16).default(3).describe('how many answers to make at a time'),
    good_enough: z.number().min(0).max(1).default(1).describe('score from 0 to 1 that ends the search'),
    scorer: scorerParam('grade'),
    judge,
    temperature: drawTemperature,
    helper_effort: helperEffort,
  }),
  cost({ n, parallel, scorer }, times) {
    const batches = Math.ceil(n / parallel)
    const pairwise = scorer === 'pairwise' ? 1 : 0
    return {
      calls: times * (2 * n + pairwise * comparisons * batches),
      rounds: batches * (2 + pairwise),
    }
  },

  async run(request, ctx, { models, n, parallel, good_enough: goodEnough, ...params }) {
    const seed = JSON.stringify([request.seed ?? null, request.messages])
    const tree = new AdaptiveTree(models.length > 0 ? models : [request.model], randomFrom(seed))
    const work: Work = { request, judging: forJudging(request, params), tree, ...params }
    for (let made = 0, batch = 1; made < n; batch++) {
      const size = Math.min(parallel, n - made)
      const chosen = batch === 1 ? tree.first(size) : Array.from({ length: size }, () => tree.next())
      ctx.note(`Making answers ${made + 1} to ${made + size} of ${n}`)
      const final = await ctx.span(`batch_${batch}`, inner => expand(inner, work, chosen, batch === 1))
      made += size
      if (final) return final.answer()
      const best = bestAnswer(tree.answers, ({ score }) => score)
      if (!best) continue
      ctx.offer(best.candidate.answer())
      if (best.score >= goodEnough) break
    }
    const best = bestAnswer(tree.answers, ({ score }) => score)
    if (!best)
      throw new HulumanageError('no_answer', 'The model wrote no answer that could be used; try again')
    return settle(tree.answers, best.candidate, 'another one was chosen').answer()
  },
})

interface Work {
  readonly request: ChatRequest
  readonly judging: ChatRequest
  readonly tree: AdaptiveTree
  readonly scorer: Scorer
  readonly temperature?: number | undefined
}

interface Drawn {
  readonly candidate: Candidate
  readonly expansion: Expansion
}

/**
 * Makes the chosen answers, scores them and adds them to the tree. Returns an answer that ends the search without a score: a
 * call of a tool, or one on which enough answers agree.
 */
async function expand(
  ctx: Context,
  work: Work,
  chosen: readonly Expansion[],
  isFirst: boolean,
): Promise<Candidate | undefined> {
  const { judging, tree, scorer } = work
  const drawn = await writeAll(ctx, work, chosen, isFirst)
  const caller = drawn.find(({ candidate }) => candidate.nonText)
  if (caller) return settle([...drawn, ...tree.answers], caller.candidate, isNoCall)
  const [first, ...others] = drawn.map(({ candidate }) => candidate)
  if (!first) return undefined
  const all: Candidates = [first, ...others, ...tree.answers.map(({ candidate }) => candidate)]
  if (isUnanimous(all)) {
    const best = bestAnswer(tree.answers, ({ score }) => score)
    return settle([...drawn, ...tree.answers], best?.candidate ?? first, agrees)
  }
  const scores =
    scorer === 'grade' ? [] : await ctx.span('score', inner => scoreEach(inner, judging, all, scorer))
  const reviews = await ctx.span('review', inner =>
    decideBy(
      inner,
      'a review',
      drawn.map(
        ({ candidate }) =>
          () =>
            review(inner, judging, candidate),
      ),
      tree.answers.length > 0,
    ),
  )
  if (scorer === 'grade' && tree.answers.length === 0)
    reportUnread(
      ctx,
      reviews.filter(text => text !== undefined).map(text => readScore(text)),
    )
  tree.rescore(scores.slice(drawn.length))
  for (const [at, { candidate, expansion }] of drawn.entries()) {
    const text = reviews[at] ?? ''
    const score = scorer === 'grade' ? readScore(text) : scores[at]
    tree.add(expansion, { candidate, review: text, score: score ?? unknownScore })
  }
  return undefined
}

/** Discards all other answers. */
function settle(
  made: readonly { readonly candidate: Candidate }[],
  answer: Candidate,
  why: string,
): Candidate {
  discardOthers(
    made.map(({ candidate }) => candidate),
    answer,
    why,
  )
  return answer
}

/** Of the first answers, at least one must come. Later ones are texts, since the first draw decided against tools. */
async function writeAll(
  ctx: Context,
  work: Work,
  chosen: readonly Expansion[],
  isFirst: boolean,
): Promise<readonly Drawn[]> {
  const [first, ...others] = chosen.map((expansion, at) => requestFor(work, expansion, at))
  if (isFirst) {
    const candidates = await drawEachFor(ctx, [first!, ...others], work)
    return candidates.map(candidate => ({ candidate, expansion: chosen[candidate.requestIndex]! }))
  }
  const draw = (request: ChatRequest) =>
    tolerateFailure(ctx, 'an answer', () => drawFor(ctx, request, 1, work))
  const drawn = await Promise.all([first!, ...others].map(draw))
  return drawn.flatMap((candidates, at) => {
    return wholeTexts(candidates ?? []).map(candidate => ({ candidate, expansion: chosen[at]! }))
  })
}

/** The request for one answer: from scratch, or after the review of another. */
function requestFor({ request, tree }: Work, { from, model }: Expansion, at: number): ChatRequest {
  const messages = from
    ? withExchange(
        request.messages,
        spokenText(from.candidate),
        `${from.review === '' ? '' : `${enclose('review', from.review)}\n\n`}${refinePrompt}`,
      )
    : request.messages
  return withSeed({ ...request, model, messages }, tree.answers.length + at)
}

async function review(ctx: Context, request: ChatRequest, candidate: Candidate): Promise<string> {
  return await ask(ctx, request, withExchange(request.messages, spokenText(candidate), reviewPrompt))
}
