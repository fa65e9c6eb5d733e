import { z } from 'zod'
import type { Cost } from '../../src/plugin.ts'
import { stepTemperature } from '../lib/asking/step-params.ts'

export const params = z.object({
  max_context_window: z
    .int()
    .min(1024)
    .default(8192)
    .describe('tokens that a call may have, about; a conversation that fits is passed on as it is'),
  chunk_size: z.int().min(256).default(4096).describe('tokens of a part of the long text, about'),
  chunk_overlap: z
    .int()
    .min(0)
    .default(100)
    .describe('tokens that a part shares with the one before it, about; a quarter of it at most'),
  max_chunks: z
    .int()
    .min(1)
    .max(256)
    .default(24)
    .describe('most parts; a text that needs more is cut into larger ones'),
  max_questions: z
    .int()
    .min(0)
    .max(16)
    .default(4)
    .describe('most questions to answer first; with 0 the text is read once and not twice'),
  num_neighbor_summaries: z
    .int()
    .min(0)
    .max(64)
    .default(5)
    .describe('how many parts before and after one are shown with it, as summaries'),
  max_output_tokens: z.int().min(64).default(1024).describe('tokens of the notes on a part, about'),
  max_output_tokens_summary: z.int().min(16).default(300).describe('tokens of the summary of a part, about'),
  context_query_delimiter: z
    .string()
    .default('<CONTEXT_END>')
    .describe('what parts the long text from the question behind it; a message may do without'),
  temperature_plan: stepTemperature('planning and summaries'),
  temperature_map: stepTemperature('reading'),
  temperature_collapse: stepTemperature('putting notes together'),
  temperature_reduce: stepTemperature('the first findings'),
})

export type LongcepoParams = z.output<typeof params>

/** For a text of as many parts as there may be, with notes of which no more than two fit into a call. */
export function cost(chosen: LongcepoParams, times: number): Cost {
  const { max_chunks: parts, max_questions: questions } = chosen
  const asks = questions > 0 ? 1 : 0
  const summaries = summarises(chosen, parts) ? parts : 0
  const reading = { calls: 2 * parts - 1, rounds: 1 + Math.ceil(Math.log2(parts)) }
  return {
    calls: times * (asks + summaries + (1 + asks) * reading.calls + asks + 1),
    rounds: Math.min(1, asks + summaries) + (1 + asks) * reading.rounds + asks + 1,
  }
}

/** Whether parts are summarised for their neighbours. */
export function summarises({ num_neighbor_summaries: shown }: LongcepoParams, parts: number): boolean {
  return shown > 0 && parts > 1
}
