import { z } from 'zod'
import { defineApproach } from '../../src/plugin.ts'
import { ensureContent } from '../lib/asking/final-call.ts'
import { usableTokens } from '../lib/asking/tokens.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { helperEffort, withHelperEffort } from '../lib/request/helper-effort.ts'
import { splitConversation, withSummary } from './split.ts'
import { summarize } from './summary.ts'

/** Keeps long conversations within the window of a model. */
export default defineApproach({
  name: 'compact',
  summary: 'Summarizes the old turns of a conversation before it outgrows the window of the model',
  params: z.object({
    window: z
      .int()
      .min(1024)
      .max(10_000_000)
      .nullable()
      .default(null)
      .describe(
        "approximate maximum tokens of a conversation; longer ones are summarized; by default most of the model's context window (context_windows of a provider), or 65536 if it is not known",
      ),
    keep: z
      .number()
      .min(0.05)
      .max(0.9)
      .default(0.4)
      .describe('share of the window that the newest turns take, which stay as they are'),
    summary: z.int().min(64).max(32_768).default(1024).describe('approximate maximum tokens of the summary'),
    summariser: z
      .string()
      .default('')
      .describe('model that summarizes, such as a cheap one; by default the requested one'),
    helper_effort: helperEffort,
  }),
  cost: (_params, times) => ({ calls: times * (maxParts + 1), rounds: maxParts + 1 }),

  async run(request, ctx, { window: chosen, keep, summary: tokens, summariser, helper_effort: effort }) {
    const window = chosen ?? usableTokens(ctx.contextWindow(request.model))
    const split = splitConversation(request.messages, window, keep)
    if (!split) return ensureContent(await ctx.complete(request))
    const model = summariser === '' ? request.model : summariser
    const helping = withHelperEffort({ ...request, model }, effort)
    ctx.note(`Summarizing ${split.old.length} messages`)
    const summary = await ctx.span('summarize', inner =>
      tolerateFailure(inner, 'the summary', () =>
        summarize(inner, helping, split.old, { window, tokens, maxParts }),
      ),
    )
    const messages = summary === undefined ? request.messages : withSummary(split, summary)
    return ensureContent(await ctx.complete({ ...request, messages }))
  },
})

/** Maximum number of parts in which the old turns are read. If even that is not enough, each part loses its middle. */
const maxParts = 8
