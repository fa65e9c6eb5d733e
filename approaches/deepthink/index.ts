import { z } from 'zod'
import { defineApproach, drawTemperature, sample, withSeed } from '../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../../src/plugin.ts'
import { roundsOf } from '../lib/judging/agreement.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { helperEffort, withHelperEffort } from '../lib/request/helper-effort.ts'
import { drawMajority, majorityOf } from '../lib/judging/majority.ts'
import { enclose } from '../lib/asking/prompt-lists.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { discoverPlan } from './plan.ts'
import { sameLanguage } from '../lib/asking/language.ts'

const work = `Work through it step by step and write down what each step gives. Then check the outcome, and answer what \
was asked in the form it was asked for.`
/** A response format has room for the answer alone. */
const silentWork =
  'Go through it step by step and check the outcome before you write. Then answer in the form that is asked for.'
const hidden = 'The reader does not know the plan: do not mention it.'
const close = 'Where the answer is a single result, end with a line of the form "Answer: <result>".'

export default defineApproach({
  name: 'deepthink',
  summary:
    'Makes a plan for the task and draws answers that follow it; if they disagree, one more votes, too',
  paper: 'https://arxiv.org/abs/2402.03620',
  params: z.object({
    n: z.int().min(1).max(10).default(3).describe('how many answers to draw with the plan'),
    confidence_threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.6)
      .describe('share of the answers that must agree; below it, one more is drawn and votes'),
    discover: z
      .boolean()
      .default(true)
      .describe('make a plan first; otherwise the answers are drawn immediately'),
    modules: z
      .int()
      .min(1)
      .max(24)
      .default(7)
      .describe('maximum number of ways of thinking that the plan uses'),
    temperature: drawTemperature,
    adaptive: z
      .boolean()
      .default(false)
      .describe('draw in steps and stop when the vote is decided; fewer draws, but more rounds'),
    helper_effort: helperEffort,
  }),
  aliases: {
    deepthink_samples: 'n',
    confidence_threshold: 'confidence_threshold',
    enable_self_discover: 'discover',
    reasoning_modules_limit: 'modules',
  },
  cost({ n, discover, adaptive, confidence_threshold: threshold }, times) {
    const plan = discover ? 3 : 0
    const again = n > 1 && threshold > 1 / n ? 1 : 0
    return {
      calls: times * (plan + n + again),
      rounds: plan + roundsOf(n, { adaptive, confidence: 1, quorum: 0 }) + again,
    }
  },

  async run(request, ctx, { n, discover, modules, temperature, adaptive, ...params }) {
    const { confidence_threshold: threshold, helper_effort: effort } = params
    const planning = withHelperEffort(request, effort)
    const plan = discover
      ? await tolerateFailure(ctx, 'the plan', () => discoverPlan(ctx, planning, modules))
      : undefined
    const planned = withPlan(request, plan)
    const { candidates, majority } = await drawMajority(ctx, planned, n, { temperature, adaptive })
    const { winner, votes } = majority
    if (votes / candidates.length >= threshold) return winner.answer()

    ctx.offer(winner.answer())
    return (await drawOneMore(ctx, planned, candidates)).answer()
  },
})

/** Draws another answer as the client asked for it, and lets it vote with the others. A call of a tool is the answer. */
async function drawOneMore(ctx: Context, request: ChatRequest, candidates: Candidates): Promise<Candidate> {
  ctx.note('Drawing one more answer')
  const drawn = await ctx.span('again', inner =>
    tolerateFailure(inner, 'another answer', () => sample(inner, withSeed(request, candidates.length), 1)),
  )
  const [more] = drawn ?? []
  if (more?.nonText) return more
  const isUsable = more !== undefined && (!more.truncated || candidates[0].truncated)
  return majorityOf(isUsable ? [...candidates, more] : candidates).winner
}

/** The request with the plan added; a response format prescribed by the client has no room for steps or a final line. */
function withPlan(request: ChatRequest, plan: string | undefined): ChatRequest {
  const isPrescribed = request['response_format'] != null
  const instruction = [
    isPrescribed ? silentWork : work,
    plan ? hidden : '',
    sameLanguage,
    isPrescribed ? '' : close,
  ]
    .filter(Boolean)
    .join(' ')
  const text = plan ? `A plan for the above:\n\n${enclose('plan', plan)}\n\n${instruction}` : instruction
  return { ...request, messages: withUserText(request.messages, text) }
}
