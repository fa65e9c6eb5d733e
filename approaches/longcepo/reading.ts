import { HulumanageError } from '../../src/plugin.ts'
import type { ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { collectSuccesses } from '../lib/asking/tolerate-failure.ts'
import { charactersIn } from '../lib/asking/tokens.ts'
import { tune } from '../lib/asking/step-params.ts'
import type { LongcepoParams } from './params.ts'

/** All that the reading of one long text has in common. */
export interface Reading {
  /** Without the long text in its messages. */
  readonly request: ChatRequest
  readonly chunks: readonly string[]
  /** What each part is about, where that is known. */
  readonly summaries: readonly (string | undefined)[]
  readonly params: LongcepoParams
}

/** What is looked for. */
export interface Search {
  /** Questions on the way to what the user asks. */
  readonly questions: readonly string[]
  /** What is known already. */
  readonly findings?: string | undefined
}

function summaryPrompt(words: number): string {
  return `This is one part of the long text that belongs to the above. Say what it is about, who and what it \
names, and how it goes on: in ${words} words at most, with nothing that it does not say. Reply with that \
alone.`
}

function notePrompt(words: number): string {
  return `Do not answer the above as a whole: you see one part of the text. Note what in this part helps to answer \
the question, or any of the others named here, under four heads:
Information: the facts, numbers and words of this part that matter
Rationale: what follows from them, and what would have to stand elsewhere
Answer: what this part has to say, as far as it goes
Confidence: from 5 (this part says so outright) over 3 (it follows from this part) to 1 (a guess)
Use ${words} words at most. If nothing in this part helps, reply NO INFORMATION and nothing else.`
}

/** In the first line, alone or under the first head. */
const nothing =
  /^[^\p{L}\d]*(?:information[^\p{L}\d]{1,6})?(?:no (?:relevant )?information|none)(?:\s(?:is|in|here|found)\b[^,.;\n]{0,40})?[^\p{L}\d\n]*(?:\n|$)/iu

/** What each part is about, a call for each, side by side; undefined for one that fails. */
export async function summarise(ctx: Context, reading: Reading): Promise<(string | undefined)[]> {
  const { request, chunks, params } = reading
  const most = params.max_output_tokens_summary
  const asked = tune(request, params.temperature_plan)
  const about = async (chunk: string): Promise<string | undefined> => {
    const given = withUserText(
      request.messages,
      `<part>\n${chunk}\n</part>\n\n${summaryPrompt(wordsIn(most))}`,
    )
    const text = await tolerateFailure(ctx, 'a summary', () => ask(ctx, asked, given))
    return text ? clipped(text, most) : undefined
  }
  return await Promise.all(chunks.map(about))
}

/**
 * Notes on all parts that say something to the question, in order. A part that could not be read is named; throws where
 * that is all of them.
 */
export async function takeNotes(ctx: Context, reading: Reading, search: Search): Promise<string[]> {
  const parts = [...reading.chunks.keys()]
  const read = await collectSuccesses(
    ctx,
    'a part',
    parts.map(part => async () => ({ part, notes: await notesOn(ctx, reading, search, part) })),
  )
  const notes = new Map(read.map(result => [result.part, result.notes]))
  return parts.flatMap(part => {
    const label = `Part ${part + 1} of ${parts.length}`
    if (!notes.has(part)) return [`${label} could not be read.`]
    const said = notes.get(part)
    return said === undefined ? [] : [`${label}:\n${said}`]
  })
}

async function notesOn(
  ctx: Context,
  reading: Reading,
  search: Search,
  part: number,
): Promise<string | undefined> {
  const { request, chunks, params } = reading
  const most = params.max_output_tokens
  const given = [
    around(reading, part),
    `Part ${part + 1} of ${chunks.length} of the text:\n\n<part>\n${chunks[part]}\n</part>`,
    searchFor(search),
    notePrompt(wordsIn(most)),
  ]
  const text = await ask(
    ctx,
    tune(request, params.temperature_map),
    withUserText(request.messages, given.filter(Boolean).join('\n\n')),
  )
  if (text === '') throw new HulumanageError('no_answer', `The model said nothing of part ${part + 1}`)
  return nothing.test(text) ? undefined : clipped(text, most)
}

/** The questions and findings, for a prompt; empty where there are none. */
export function searchFor({ questions, findings }: Search): string {
  const listed = questions.map((question, at) => `${at + 1}. ${question}`).join('\n')
  const parts = [
    findings ? `Known so far, from a first reading:\n\n<findings>\n${findings}\n</findings>` : '',
    listed ? `Questions on the way to the answer:\n\n${listed}` : '',
  ]
  return parts.filter(Boolean).join('\n\n')
}

/** Summaries of the parts on both sides. */
function around({ summaries, params }: Reading, part: number): string {
  const shown = params.num_neighbor_summaries
  const near = [...summaries.entries()].filter(
    ([other, summary]) => summary && other !== part && Math.abs(other - part) <= shown,
  )
  const listed = near.map(([other, summary]) => `Part ${other + 1}: ${summary}`).join('\n\n')
  return listed && `Other parts of the text, in short:\n\n${listed}`
}

/** A model may write more than it was asked for. */
export function clipped(text: string, tokens: number): string {
  return text.slice(0, charactersIn(tokens)).toWellFormed()
}

/** Words that about as many tokens make. */
export function wordsIn(tokens: number): number {
  return Math.floor(tokens * 0.7)
}
