import { z } from 'zod'
import { defineApproach, groupByAnswer, sampleEach, withSeed } from '../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../src/plugin.ts'
import { ask } from './lib/asking/ask.ts'
import { askWhole } from './lib/asking/ask-whole.ts'
import { helperEffort, withHelperEffort } from './lib/request/helper-effort.ts'
import { combinations } from './lib/search/combinations.ts'
import { withUserText } from './lib/asking/conversation.ts'
import { ensureContent } from './lib/asking/final-call.ts'
import { leadOf, oneOfEach } from './lib/judging/agreement.ts'
import { selectBestGraded } from './lib/judging/graded.ts'
import { enclose, numberLines } from './lib/asking/prompt-lists.ts'
import { readList } from './lib/asking/read-list.ts'
import { tolerateFailure } from './lib/asking/tolerate-failure.ts'
import { forJudging, judge } from './lib/scoring/params.ts'
import { sameLanguage } from './lib/asking/language.ts'

function observePrompt(count: number): string {
  return `Do not answer the above yet. Write down ${count} observations that could help to answer it well: \
properties of what is asked, what follows from its conditions, a simpler form of it, a pitfall, an idea \
from another field. Each must be true, not obvious, and different in kind from the others; none may give \
the whole answer away. Reply with a numbered list of ${count} items, a sentence or two each, and nothing \
else.`
}

function derivePrompt(count: number): string {
  return `Do not answer the above yet. Take these observations together and derive ${count} new ones that say more \
than each does alone: what follows where they meet, or what they make possible. Reply with a numbered \
list of ${count} items, a sentence or two each, and nothing else.`
}

const sketchPrompt = `Do not write the answer to the above yet. Sketch in plain language how to get to it, step by step. \
Work out the difficult steps; leave the wording of the answer for later.`

const basisPrompt = `Build it on these observations: say where each one is used, and leave out any that proves wrong.`

const solvePrompt = `Now write the answer to the above with the help of what was found. Where a part of that turns out \
to be wrong, correct it. The reader does not know it: do not mention it. \
${sameLanguage}`

/** The observations behind one solution: some initial ones, and some derived from these. */
type Observations = readonly string[]

export default defineApproach({
  name: 'plansearch',
  summary: 'Searches over plans: combines observations, solves with several combinations, chooses the best',
  paper: 'https://arxiv.org/abs/2409.03733',
  params: z.object({
    n: z
      .int()
      .min(1)
      .max(32)
      .default(3)
      .describe('how many solutions to write, each from different observations'),
    observations: z.int().min(1).max(10).default(3).describe('how many initial observations to make'),
    derived: z
      .int()
      .min(1)
      .max(10)
      .default(2)
      .describe('how many observations to derive from each combination'),
    judge,
    helper_effort: helperEffort,
  }),
  aliases: { num_initial_observations: 'observations', num_derived_observations: 'derived' },
  cost({ n, observations }, times) {
    const combined = Math.min(n, (observations * (observations + 1)) / 2)
    return n === 1 ? { calls: times * 4, rounds: 4 } : { calls: times * (1 + combined + 3 * n), rounds: 5 }
  },

  async run(request, ctx, { n, observations, derived, ...params }) {
    const planning = withHelperEffort(request, params.helper_effort)
    ctx.note('Making observations')
    const first = await ctx.span('observe', inner => observe(inner, planning, observePrompt(observations)))
    const combined = combinations(first.slice(0, observations)).slice(0, n)
    ctx.note(`Deriving more observations from ${combined.length} combinations`)
    const sets = await ctx.span('derive', inner =>
      Promise.all(combined.map(base => deriveSets(inner, planning, base, derived))),
    )
    const chosen = takeTurns(sets).slice(0, n)
    if (chosen.length <= 1)
      return ensureContent(await ctx.complete(await withSketch(ctx, request, chosen[0] ?? [])))
    const candidates = await solve(ctx, request, chosen)
    return (await choose(ctx, forJudging(request, params), candidates)).answer()
  },
})

/** Asks for observations; returns none if the call fails, since an answer is possible without them. */
async function observe(ctx: Context, request: ChatRequest, prompt: string): Promise<string[]> {
  const messages = withUserText(request.messages, prompt)
  return readList((await tolerateFailure(ctx, 'observing', () => ask(ctx, request, messages))) ?? '')
}

/** Derives observations from a combination; returns it with each combination of these, or alone if nothing was derived. */
async function deriveSets(
  ctx: Context,
  request: ChatRequest,
  base: Observations,
  count: number,
): Promise<Observations[]> {
  const derived = await observe(ctx, request, `${listObservations(base)}\n\n${derivePrompt(count)}`)
  if (derived.length === 0) return [base]
  return combinations(derived.slice(0, count)).map(more => [...base, ...more])
}

/** The first item of each list, then the second of each, and so on. */
function takeTurns<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(list => list.length))
  return Array.from({ length: longest }, (_, turn) =>
    lists.flatMap(list => list.slice(turn, turn + 1)),
  ).flat()
}

/** The request for the answer: with a sketch of the answer; without one, with the observations; without these, unchanged. */
async function withSketch(ctx: Context, request: ChatRequest, basis: Observations): Promise<ChatRequest> {
  const prompt =
    basis.length > 0 ? `${listObservations(basis)}\n\n${sketchPrompt} ${basisPrompt}` : sketchPrompt
  const sketch = await ctx.span('sketch', inner =>
    tolerateFailure(inner, 'a sketch', () =>
      askWhole(inner, request, withUserText(request.messages, prompt)),
    ),
  )
  if (!sketch && basis.length === 0) return request
  const known = sketch ? `A sketch of the answer:\n\n${enclose('sketch', sketch)}` : listObservations(basis)
  return { ...request, messages: withUserText(request.messages, `${known}\n\n${solvePrompt}`) }
}

async function solve(ctx: Context, request: ChatRequest, sets: readonly Observations[]): Promise<Candidates> {
  ctx.note(`Writing ${sets.length} solutions`)
  return await ctx.span('solve', inner => {
    let offered = false
    return sampleEach(
      inner,
      sets.map((basis, index) => withSketch(inner, withSeed(request, index), basis)),
      {
        onCandidate: candidate => {
          if (!offered && !candidate.truncated) inner.offer(candidate.answer())
          offered ||= !candidate.truncated
        },
      },
    )
  })
}

/**
 * The answer that more than half agree on; otherwise the best graded solution, with one solution for each answer, the more
 * common ones first.
 */
async function choose(ctx: Context, request: ChatRequest, candidates: Candidates): Promise<Candidate> {
  const groups = groupByAnswer(candidates)
  const [winner, ...rivals] = oneOfEach(groups)
  if (2 * leadOf(groups).first > candidates.length) return winner
  ctx.offer(winner.answer())
  return await ctx.span('grade', inner => selectBestGraded(inner, request, [winner, ...rivals]))
}

function listObservations(observations: Observations): string {
  return `Observations on the above:\n\n${numberLines(observations)}`
}
