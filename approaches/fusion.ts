import { z } from 'zod'
import {
  defineApproach,
  drawTemperature,
  endingOf,
  endingParams,
  groupByAnswer,
  sample,
  sampleEach,
  withDrawTemperature,
} from '../src/plugin.ts'
import type { Candidates, ChatRequest, Context, Reply } from '../src/plugin.ts'
import { askWhole } from './lib/asking/ask-whole.ts'
import { withUserText } from './lib/asking/conversation.ts'
import { makeFinalCall } from './lib/asking/final-call.ts'
import { helperEffort, withHelperEffort } from './lib/request/helper-effort.ts'
import { sameLanguage } from './lib/asking/language.ts'
import { enclose, listCandidates } from './lib/asking/prompt-lists.ts'
import { tolerateFailure } from './lib/asking/tolerate-failure.ts'
import { offersTools, withoutCalls } from './lib/request/without-calls.ts'
import { majorityOf } from './lib/judging/majority.ts'
import { shuffleIndexes } from './lib/request/shuffle.ts'

const introduction = 'Answers to the above, by different writers without knowledge of each other:'

const judgePrompt = `Do not answer the above yourself, and do not merge these answers: compare them. Write these five sections, \
each with its heading and a list of short items; write "none" in a section without any.
## Consensus
Claims that all or most of the answers share. Say so if one of them looks wrong all the same.
## Contradictions
Points on which answers differ: who says what, by number, and which of them is right, as far as you can work it out.
## Partial coverage
Parts of the question that only some of the answers deal with.
## Unique insights
Something true and useful that one answer alone has.
## Blind spots
Something that matters here and that none of the answers considers.`

const synthesisPrompt = `Now write the answer to the above. Build on what holds up in these answers, trust none of them \
unchecked, resolve each contradiction, and cover the blind spots that matter. The reader knows neither the answers nor the \
comparison: do not mention them. ${sameLanguage}`

export default defineApproach({
  name: 'fusion',
  summary:
    'A panel answers, a judge lists consensus, contradictions and blind spots, and one model writes from both',
  paper: 'https://openrouter.ai/docs/guides/features/plugins/fusion',
  params: z.object({
    analysis_models: z
      .array(z.string().min(1))
      .max(8)
      .default([])
      .describe('models of the panel, which write one answer each; by default the requested one writes n'),
    n: z.int().min(1).max(16).default(3).describe('how many answers to draw without analysis_models'),
    model: z.string().default('').describe('model that judges and writes; by default the requested one'),
    judge: z.string().default('').describe('model that judges; by default the one that writes'),
    temperature: drawTemperature,
    helper_effort: helperEffort,
    ...endingParams,
  }),
  cost({ n, analysis_models: models }, times) {
    const panel = models.length || n
    const comparisons = panel > 1 ? 1 : 0
    return { calls: times * (panel + comparisons + 1), rounds: 2 + comparisons }
  },

  async run(request, ctx, { model, judge, helper_effort: effort, ...params }) {
    const panel = await ctx.span('panel', inner => answerByPanel(inner, request, params))
    const { winner } = majorityOf(panel)
    const isAgreed = panel.length > 1 && groupByAnswer(panel).length === 1
    if (winner.nonText || (isAgreed && !offersTools(request))) return winner.answer()

    ctx.offer(winner.answer())
    const writing = { ...request, model: model || request.model }
    const answers = inRandomOrder(request, panel)
    const judging = withHelperEffort({ ...writing, model: judge || writing.model }, effort)
    const reading = panel.length > 1 ? await compare(ctx, judging, answers) : undefined
    return await synthesize(ctx, writing, { answers, reading, fallback: winner })
  },
})

interface Panel {
  readonly analysis_models: readonly string[]
  readonly n: number
  readonly temperature?: number | undefined
  readonly quorum: number
  readonly patience: number
}

/** Draws the answers of the panel, which knows the client's tools but leaves their use to the synthesis. */
async function answerByPanel(
  ctx: Context,
  request: ChatRequest,
  { analysis_models: models, n, temperature, ...params }: Panel,
): Promise<Candidates> {
  ctx.note(`Asking a panel of ${models.length || n}`)
  const ending = endingOf(params)
  const asking = withDrawTemperature(withoutCalls(request), temperature)
  if (models.length === 0) return await sample(ctx, asking, n, ending)
  return await sampleEach(
    ctx,
    models.map(model => ({ ...asking, model })),
    { ending },
  )
}

/** The answers for a prompt: neither the names of the models nor their order says who wrote what. */
function inRandomOrder(request: ChatRequest, panel: Candidates): string {
  const order = shuffleIndexes(request, panel.length).map(index => panel[index]!)
  return `${introduction}\n\n${listCandidates('answer', order)}`
}

/** The judge's reading; undefined if the call fails or is cut off, since the answers alone are worth a synthesis. */
async function compare(ctx: Context, request: ChatRequest, answers: string): Promise<string | undefined> {
  ctx.note('Comparing the answers')
  const messages = withUserText(request.messages, `${answers}\n\n${judgePrompt}`)
  return await ctx.span('judge', inner =>
    tolerateFailure(inner, 'the comparison', () => askWhole(inner, request, messages)),
  )
}

interface Material {
  readonly answers: string
  readonly reading: string | undefined
  readonly fallback: Candidates[0]
}

/** Streams the answer; returns the most common one if the call fails before its first content or stays empty. */
async function synthesize(
  ctx: Context,
  request: ChatRequest,
  { answers, reading, fallback }: Material,
): Promise<Reply> {
  ctx.note('Writing the answer')
  const parts = [answers, ...(reading ? [enclose('comparison', reading)] : []), synthesisPrompt]
  const messages = withUserText(request.messages, parts.join('\n\n'))
  return await ctx.span('synthesis', inner =>
    makeFinalCall(inner, 'the synthesis', { ...request, messages }, fallback),
  )
}
