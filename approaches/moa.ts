import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  endingOf,
  endingParams,
  sample,
  sampleEach,
  withDrawTemperature,
} from '../src/plugin.ts'
import type { Candidates, ChatRequest, Context, Message, Reply } from '../src/plugin.ts'
import { ask } from './lib/asking/ask.ts'
import { withUserText } from './lib/asking/conversation.ts'
import { makeFinalCall } from './lib/asking/final-call.ts'
import { enclose, listCandidates } from './lib/asking/prompt-lists.ts'
import { tolerateFailure } from './lib/asking/tolerate-failure.ts'
import { sameLanguage } from './lib/asking/language.ts'
import { agrees, discardOthers } from './lib/judging/discard-others.ts'
import { isUnanimous } from './lib/search/best-answer.ts'

const critiquePrompt = `Do not answer the above yet. Go through the drafts one by one, by their numbers. For each say in \
a few sentences what is right and worth keeping, what is wrong or unproven, and what is missing. Where drafts \
contradict each other, work out which one is right.`

const synthesisPrompt = `Now write the answer to the above. Use what is right in the drafts, trust none of them \
unchecked, and leave out what is wrong, even where several agree on it. The reader knows nothing of the drafts: do not \
mention them. \
${sameLanguage}`

export default defineApproach({
  name: 'moa',
  summary: 'Mixture of agents: combines several drafts, by one model or many, into one answer',
  paper: 'https://arxiv.org/abs/2406.04692',
  params: z.object({
    n: z.int().min(1).max(64).default(3).describe('how many drafts to draw from one model'),
    models: z
      .array(z.string().min(1))
      .max(64)
      .default([])
      .describe('models that write one draft each; replaces n, and the critique'),
    aggregator: z
      .string()
      .default('')
      .describe('model that writes the answer, even if all drafts agree; by default the requested one'),
    layers: z
      .int()
      .min(1)
      .max(8)
      .default(1)
      .describe('rounds of drafts; each round after the first sees the previous drafts'),
    temperature: drawTemperature,
    ...endingParams,
  }),
  cost({ n, models, layers }, times) {
    const [drafts, critiques] = models.length > 0 ? [models.length, 0] : [n, 1]
    return { calls: times * (drafts * layers + critiques + 1), rounds: layers + critiques + 1 }
  },

  async run(request, ctx, { aggregator, layers, ...params }) {
    const draft = createDrafter(request, params)
    let drafts = await ctx.span('draft', inner => draft(inner, request.messages))
    for (let layer = 2; layer <= layers && !drafts[0].nonText && !isUnanimous(drafts); layer++) {
      ctx.offer(drafts[0].answer())
      drafts = (await ctx.span(`draft_${layer}`, inner => redraft(inner, draft, request, drafts))) ?? drafts
    }
    if (drafts[0].nonText || (aggregator === '' && isUnanimous(drafts))) {
      discardOthers(drafts, drafts[0], agrees)
      return drafts[0].answer()
    }

    ctx.offer(drafts[0].answer())
    const aggregating = { ...request, model: aggregator || request.model }
    const review = params.models.length === 0 ? await critique(ctx, aggregating, drafts) : undefined
    return await synthesize(ctx, aggregating, drafts, review)
  },
})

type Drafter = (ctx: Context, messages: readonly Message[]) => Promise<Candidates>

interface Drafting {
  readonly n: number
  readonly models: readonly string[]
  readonly temperature?: number | undefined
  readonly quorum: number
  readonly patience: number
}

/** Creates a function that draws a round of drafts: `n` from the requested model, or one from each of `models`. */
function createDrafter(request: ChatRequest, { n, models, temperature, ...params }: Drafting): Drafter {
  const ending = endingOf(params)
  return (ctx, messages) => {
    const outgoing = withDrawTemperature({ ...request, messages }, temperature)
    ctx.note(`Drawing ${models.length || n} drafts`)
    if (models.length === 0) return sample(ctx, outgoing, n, ending)
    const requests = models.map(model => ({ ...outgoing, model }))
    return sampleEach(ctx, requests, { ending })
  }
}

async function redraft(
  ctx: Context,
  draft: Drafter,
  { messages }: ChatRequest,
  drafts: Candidates,
): Promise<Candidates | undefined> {
  const extended = withUserText(messages, `${listing(drafts)}\n\n${synthesisPrompt}`)
  return await tolerateFailure(ctx, 'a round of drafts', () => draft(ctx, extended))
}

async function critique(ctx: Context, request: ChatRequest, drafts: Candidates): Promise<string | undefined> {
  ctx.note(`Weighing ${drafts.length} drafts`)
  const messages = withUserText(request.messages, `${listing(drafts)}\n\n${critiquePrompt}`)
  return await ctx.span('critique', inner =>
    tolerateFailure(inner, 'the critique', () => ask(inner, request, messages)),
  )
}

/** Streams the answer; falls back to the first draft if the call fails before its first content, or has none. */
async function synthesize(
  ctx: Context,
  request: ChatRequest,
  drafts: Candidates,
  review: string | undefined,
): Promise<Reply> {
  ctx.note('Writing the answer')
  const parts = [listing(drafts), review ? enclose('review', review) : '', synthesisPrompt]
  const messages = withUserText(request.messages, parts.filter(Boolean).join('\n\n'))
  return await ctx.span('synthesis', inner =>
    makeFinalCall(inner, 'the synthesis', { ...request, messages }, drafts[0]),
  )
}

/** The numbered drafts, without their thinking. */
function listing(drafts: Candidates): string {
  return `Drafts of an answer to the above, by different writers:\n\n${listCandidates('draft', drafts)}`
}
