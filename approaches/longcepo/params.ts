import { z } from 'zod'
import type { Cost } from '../../src/plugin.ts'
import { usableTokens } from '../lib/asking/tokens.ts'
import { stepTemperature } from '../lib/request/step-params.ts'

export const params = z.object({
  max_context_window: z
    .int()
    .min(1024)
    .nullable()
    .default(null)
    .describe(
      "approximate maximum tokens of a call; a conversation that fits is passed on unchanged; by default most of the model's context window (context_windows of a provider), or 65536 if it is not known",
    ),
  chunk_size: z
    .int()
    .min(256)
    .nullable()
    .default(null)
    .describe(
      'approximate tokens of a part of the long text; by default half of max_context_window, at most 16384',
    ),
  chunk_overlap: z
    .int()
    .min(0)
    .default(100)
    .describe('approximate tokens that a part shares with the previous one; at most a quarter of it'),
  max_chunks: z
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe('maximum number of parts; a text that needs more is cut into larger ones'),
  max_questions: z
    .int()
    .min(0)
    .max(16)
    .default(4)
    .describe('maximum number of questions to answer first; with 0, the text is read once instead of twice'),
  num_neighbor_summaries: z
    .int()
    .min(0)
    .max(64)
    .default(5)
    .describe('how many parts before and after a part are shown with it, as summaries'),
  max_output_tokens: z.int().min(64).default(1024).describe('approximate tokens of the notes on a part'),
  max_output_tokens_summary: z
    .int()
    .min(16)
    .default(300)
    .describe('approximate tokens of the summary of a part'),
  context_query_delimiter: z
    .string()
    .default('<CONTEXT_END>')
    .describe('delimiter between the long text and the question after it; optional in a message'),
  temperature_plan: stepTemperature('planning and summaries'),
  temperature_map: stepTemperature('reading'),
  temperature_collapse: stepTemperature('merging notes'),
  temperature_reduce: stepTemperature('the first findings'),
})

/** The params as they are set. */
type Chosen = z.output<typeof params>

/** The params with the sizes that are used. */
export interface LongcepoParams extends Chosen {
  readonly max_context_window: number
  readonly chunk_size: number
}

/** Default maximum of a part: a model overlooks more in longer ones. */
const longestChunk = 16_384

/** The params for a model, whose context window is `known` or not. */
export function sized(chosen: Chosen, known: number | undefined): LongcepoParams {
  const window = chosen.max_context_window ?? usableTokens(known)
  const chunk = chosen.chunk_size ?? Math.min(longestChunk, Math.ceil(window / 2))
  return { ...chosen, max_context_window: window, chunk_size: chunk }
}

/** The worst case: the maximum number of parts, with notes of which no more than two fit into a call. */
export function cost(chosen: Chosen, times: number): Cost {
  const { max_chunks: parts, max_questions: questions } = chosen
  const asks = questions > 0 ? 1 : 0
  const summaries = needsSummaries(chosen, parts) ? parts : 0
  const reading = { calls: 2 * parts - 1, rounds: 1 + Math.ceil(Math.log2(parts)) }
  return {
    calls: times * (asks + summaries + (1 + asks) * reading.calls + asks + 1),
    rounds: Math.min(1, asks + summaries) + (1 + asks) * reading.rounds + asks + 1,
  }
}

/** Whether parts are summarized for their neighbours. */
export function needsSummaries({ num_neighbor_summaries: shown }: Chosen, parts: number): boolean {
  return shown > 0 && parts > 1
}
