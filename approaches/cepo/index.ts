import { answerKeys, defineApproach, isRefusal, refuses, sampleEach, withSeed } from '../../src/plugin.ts'
import type { Answer, ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { askWhole } from '../lib/asking/ask-whole.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { ensureAnswer } from '../lib/asking/final-call.ts'
import { enclose, listCandidates } from '../lib/asking/prompt-lists.ts'
import { readList } from '../lib/asking/read-list.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { tune } from '../lib/request/step-params.ts'
import { aliases, cost, needsWays, params } from './params.ts'
import type { CepoParams } from './params.ts'
import { propose } from './propose.ts'
import type { Proposal } from './propose.ts'
import { selectBest } from './rate.ts'
import { sameLanguage } from '../lib/asking/language.ts'

function waysPrompt(count: number): string {
  return `Do not answer the above. Name ${count} ways to get to the answer that differ in their idea and not in \
their wording. Reply with a numbered list of ${count} items, a sentence or two each, and nothing else.`
}

const reviewPrompt = `Do not answer the above yet. Go through the proposals side by side. Find each place where they do \
not agree, in a step, a number, an assumption or the result, and work out which one is right there, if any. Then write \
one solution, step by step, in which these places are settled and no mistake of theirs is left.`

const answerPrompt = `Now write the answer to the above by this work. Check it as you go, and trust no part of it that \
does not hold. The reader knows nothing of this work: do not mention it. \
${sameLanguage}`

export default defineApproach({
  name: 'cepo',
  summary:
    'Cerebras planning and optimization: carries out several plans, reconciles them, chooses the best answer',
  paper: 'https://www.cerebras.ai/blog/cepo',
  params,
  aliases,
  cost,

  async run(request, ctx, chosen) {
    const { bestofn_n: n } = chosen
    const ways = needsWays(chosen) ? await listWays(ctx, request, n) : []
    const proposed: string[] = []
    const offer = createOffer(ctx, proposed)
    ctx.note(`Making ${n} times ${chosen.planning_n} plans`)
    if (n === 1) {
      const reply = await ctx.complete(await prepareRequest(ctx, request, chosen, undefined, offer))
      const text = answering(proposed)
      return text === undefined ? reply : ensureAnswer(ctx, reply, { text, nonText: false, finish: 'stop' })
    }

    const candidates = await ctx.span('solve', inner => {
      const requests = Array.from({ length: n }, (_, index) =>
        // Leaves room for the tries of each answer, which have seeds of their own: see propose.
        prepareRequest(inner, withSeed(request, index * chosen.planning_m), chosen, ways[index], offer),
      )
      return sampleEach(inner, requests, {
        onCandidate: candidate => !candidate.truncated && offer('answer', candidate.answer()),
      })
    })
    const [first] = candidates
    const spare = answering(proposed)
    if (spare !== undefined && candidates.every(refuses)) {
      for (const candidate of candidates) candidate.discard('refuses, unlike a proposal')
      ctx.degrade('answer')
      return spare
    }
    if (candidates.length === 1) return first.answer()
    ctx.offer(first.answer())
    return (await selectBest(ctx, request, candidates, chosen)).answer()
  },
})

type Offer = (kind: 'proposal' | 'answer', offered: Answer) => void

/** Creates a function that offers the first proposal, and then the first answer instead; it collects the proposals. */
function createOffer(ctx: Context, proposed: string[]): Offer {
  const kinds = new Set<string>()
  return (kind, offered) => {
    if (kind === 'proposal' && typeof offered === 'string') proposed.push(offered)
    if (!kinds.has(kind) && !kinds.has('answer')) ctx.offer(offered)
    kinds.add(kind)
  }
}

/** The first proposal that does more than refuse. */
function answering(proposed: readonly string[]): string | undefined {
  return proposed.find(solution => !isRefusal(solution))
}

/** Step 0: asks for different ideas, one for each answer. */
async function listWays(ctx: Context, request: ChatRequest, count: number): Promise<string[]> {
  ctx.note('Looking for different ways')
  const messages = withUserText(request.messages, waysPrompt(count))
  const list = await ctx.span('ways', inner =>
    tolerateFailure(inner, 'the list of ways', () => ask(inner, request, messages)),
  )
  return readList(list ?? '')
}

/** Prepares the request of step 4 by steps 1 to 3; without a proposal, it is the client's own. */
async function prepareRequest(
  ctx: Context,
  request: ChatRequest,
  chosen: CepoParams,
  way: string | undefined,
  offer: Offer,
): Promise<ChatRequest> {
  const onProposal = ({ solution }: Proposal): void => offer('proposal', solution)
  const proposals = await propose(ctx, request, chosen, { way, onProposal })
  if (proposals.length === 0) {
    const { planning_temperature_direct_resp: temperature, planning_max_tokens_direct_resp: tokens } = chosen
    return tuneWithin(request, temperature, tokens)
  }
  const { planning_temperature_step4: temperature, planning_max_tokens_step4: tokens } = chosen
  const work = agreedOn(proposals) ?? (await review(ctx, request, chosen, proposals))
  const messages = withUserText(request.messages, `${work}\n\n${answerPrompt}`)
  return { ...tuneWithin(request, temperature, tokens), messages }
}

/** The first of several proposals that all have one result: a review would find no place where they differ. */
function agreedOn(proposals: readonly Proposal[]): string | undefined {
  const keys = answerKeys(proposals.map(({ solution }) => solution))
  const isAgreed = proposals.length > 1 && new Set(keys).size === 1
  return isAgreed ? shownWork(proposals[0]!.solution) : undefined
}

function shownWork(solution: string): string {
  return `Work on the above:\n\n${enclose('solution', solution)}`
}

/** Step 3: has the proposals reviewed. If that fails or is truncated, returns the proposals themselves. */
async function review(
  ctx: Context,
  request: ChatRequest,
  { planning_temperature_step3: temperature, planning_max_tokens_step3: tokens }: CepoParams,
  proposals: readonly Proposal[],
): Promise<string> {
  const listed = listCandidates(
    'proposal',
    proposals.map(({ plan, solution }) => ({ text: `${enclose('plan', plan)}\n${solution}` })),
  )
  const given = `Proposals for the above, each worked out by itself:\n\n${listed}`
  const messages = withUserText(request.messages, `${given}\n\n${reviewPrompt}`)
  const solution = await ctx.span('review', inner =>
    tolerateFailure(inner, 'the review', () => askWhole(inner, tune(request, temperature, tokens), messages)),
  )
  return solution ? shownWork(solution) : given
}

/** Like `tune`, but the client's own token limit takes precedence over that of the step. */
function tuneWithin(request: ChatRequest, temperature?: number, tokens?: number): ChatRequest {
  const isLimited = request.max_tokens != null || request.max_completion_tokens != null
  return tune(request, temperature, isLimited ? undefined : tokens)
}
