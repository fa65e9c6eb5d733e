import { HulumanageError } from '../../src/plugin.ts'
import type { ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { collectSuccesses } from '../lib/asking/tolerate-failure.ts'
import { enclose, numberLines } from '../lib/asking/prompt-lists.ts'
import { charactersIn } from '../lib/asking/tokens.ts'
import { tune } from '../lib/request/step-params.ts'
import type { LongcepoParams } from './params.ts'

/** A long text that is read in parts, and the settings for that. */
export interface Reading {
  /** The request without the long text in its messages. */
  readonly request: ChatRequest
  readonly chunks: readonly string[]
  /** The summary of each part, as far as known. */
  readonly summaries: readonly (string | undefined)[]
  readonly params: LongcepoParams
}

/** The goal of reading a text. */
export interface ReadingGoal {
  /** Questions on the way to the user's question. */
  readonly questions: readonly string[]
  /** Findings from an earlier reading. */
  readonly findings?: string | undefined
}

function summaryPrompt(words: number): string {
  return `This is one part of the long text that belongs to the above. Say what it is about, who and what it \
names, and how it develops: in ${words} words at most, with nothing that it does not say. Reply with that \
alone.`
}

function notePrompt(words: number): string {
  return `Do not answer the above as a whole: you see one part of the text. Note what in this part helps to answer \
the question, or any of the others named here, under four heads:
Information: the facts, numbers and words of this part that matter
Rationale: what follows from them, and what would have to stand elsewhere
Answer: the answer, as far as this part gives it
Confidence: from 5 (this part says so outright) over 3 (it follows from this part) to 1 (a guess)
Use ${words} words at most. If nothing in this part helps, reply NO INFORMATION and nothing else.`
}

/** The first line of notes without information, alone or under the first heading. */
const nothing =
  /^[^\p{L}\d]*(?:information[^\p{L}\d]{1,6})?(?:no (?:relevant )?information|none)(?:\s(?:is|in|here|found)\b[^,.;\n]{0,40})?[^\p{L}\d\n]*(?:\n|$)/iu

/** Summarizes each part, in concurrent calls; undefined for a part whose call fails. */
export async function summarize(ctx: Context, reading: Reading): Promise<(string | undefined)[]> {
  const { request, chunks, params } = reading
  const limit = params.max_output_tokens_summary
  const outgoing = tune(request, params.temperature_plan)
  const summarizeOne = async (chunk: string): Promise<string | undefined> => {
    const messages = withUserText(
      request.messages,
      `${enclose('part', chunk)}\n\n${summaryPrompt(wordsFor(limit))}`,
    )
    const text = await tolerateFailure(ctx, 'a summary', () => ask(ctx, outgoing, messages))
    return text ? clip(text, limit) : undefined
  }
  return await Promise.all(chunks.map(summarizeOne))
}

/**
 * Takes notes on all parts that contribute to the question, in order. A part that could not be read is mentioned in its
 * place; throws if no part could be read.
 */
export async function takeNotes(ctx: Context, reading: Reading, goal: ReadingGoal): Promise<string[]> {
  const parts = [...reading.chunks.keys()]
  const read = await collectSuccesses(
    ctx,
    'a part',
    parts.map(part => async () => ({ part, notes: await takeNotesOn(ctx, reading, goal, part) })),
  )
  const notes = new Map(read.map(result => [result.part, result.notes]))
  return parts.flatMap(part => {
    const label = `Part ${part + 1} of ${parts.length}`
    if (!notes.has(part)) return [`${label} could not be read.`]
    const text = notes.get(part)
    return text === undefined ? [] : [`${label}:\n${text}`]
  })
}

async function takeNotesOn(
  ctx: Context,
  reading: Reading,
  goal: ReadingGoal,
  part: number,
): Promise<string | undefined> {
  const { request, chunks, params } = reading
  const limit = params.max_output_tokens
  // The part comes first, as it did for its summary: what calls begin with alike, services keep.
  const prompt = [
    enclose('part', chunks[part]!),
    `This is part ${part + 1} of ${chunks.length} of the text.`,
    neighbourSummaries(reading, part),
    describeGoal(goal),
    notePrompt(wordsFor(limit)),
  ]
  const text = await ask(
    ctx,
    tune(request, params.temperature_map),
    withUserText(request.messages, prompt.filter(Boolean).join('\n\n')),
  )
  if (text === '')
    throw new HulumanageError('no_answer', `The model returned nothing for part ${part + 1}; try again`)
  return nothing.test(text) ? undefined : clip(text, limit)
}

/** The questions and findings, for a prompt; empty without any. */
export function describeGoal({ questions, findings }: ReadingGoal): string {
  const listed = numberLines(questions)
  const parts = [
    findings ? `Known so far, from a first reading:\n\n${enclose('findings', findings)}` : '',
    listed ? `Questions on the way to the answer:\n\n${listed}` : '',
  ]
  return parts.filter(Boolean).join('\n\n')
}

/** Summaries of the parts before and after a part. */
function neighbourSummaries({ summaries, params }: Reading, part: number): string {
  const shown = params.num_neighbor_summaries
  const near = [...summaries.entries()].filter(
    ([other, summary]) => summary && other !== part && Math.abs(other - part) <= shown,
  )
  const listed = near.map(([other, summary]) => `Part ${other + 1}: ${summary}`).join('\n\n')
  return listed && `Other parts of the text, in short:\n\n${listed}`
}

/** Limits the length of a text, since a model may write more than it was asked for. */
export function clip(text: string, tokens: number): string {
  return text.slice(0, charactersIn(tokens)).toWellFormed()
}

/** Approximate number of words in a number of tokens. */
export function wordsFor(tokens: number): number {
  return Math.floor(tokens * 0.7)
}
