import { isRefusal, readTag } from '../../src/plugin.ts'
import type { ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { enclose } from '../lib/asking/prompt-lists.ts'
import { readList } from '../lib/asking/read-list.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { charactersIn } from '../lib/asking/tokens.ts'
import { tune } from '../lib/request/step-params.ts'
import { chunksOf } from './chunks.ts'
import { collapse } from './collapse.ts'
import { needsSummaries, sized } from './params.ts'
import type { LongcepoParams } from './params.ts'
import { clip, describeGoal, summarize, takeNotes } from './reading.ts'
import type { Reading, ReadingGoal } from './reading.ts'
import { split, tokensOf, withoutDelimiter } from './split.ts'
import { sameLanguage } from '../lib/asking/language.ts'

function planPrompt(maximum: number): string {
  return `Do not answer the above yet. A long text belongs to it, of which you see little or nothing; it will be \
read in parts. Which questions have to be answered from the text before the answer can be given? Reply \
with a numbered list of ${maximum} at most, in the order in which they build on each other, each to be \
understood without the others. If one look at the text will do, reply NONE.`
}

const findPrompt = `Do not write the final answer yet. Answer each of the questions by the notes, in a sentence or two, \
and say where they do not tell. Then answer the above itself, as far as that goes, inside <answer> tags.`

const answerPrompt = `The text has been read for you in parts. Now answer the above by what was noted. Where notes \
contradict each other, weigh them by their confidence and by what they rest on; what they do not tell, you do not know. \
The reader knows nothing of parts and notes: do not mention them. \
${sameLanguage}`

/** Runs the approach; this file is loaded for its first request. */
export async function run(
  request: ChatRequest,
  ctx: Context,
  params: Parameters<typeof sized>[0],
): Promise<Reply> {
  const chosen = sized(params, ctx.contextWindow(request.model))
  const { context_query_delimiter: delimiter, max_context_window: window } = chosen
  const { context, messages } = split(request.messages, delimiter, chosen.chunk_size)
  if (tokensOf(request.messages) <= window || context.trim() === '') {
    const whole = withoutDelimiter(request.messages, delimiter)
    return await ctx.complete(whole === request.messages ? request : { ...request, messages: whole })
  }
  const { reading, questions } = await prepare(ctx, { ...request, messages }, context, chosen)
  const { notes, findings } = await read(ctx, reading, questions)
  const prompt = [notesFor(reading, notes), describeGoal({ questions: [], findings }), answerPrompt]
  ctx.note('Writing the answer')
  return await ctx.complete({
    ...request,
    messages: withUserText(messages, prompt.filter(Boolean).join('\n\n')),
  })
}

/** Cuts the text into parts, plans what to look for, and has the parts summarized. */
async function prepare(ctx: Context, request: ChatRequest, context: string, chosen: LongcepoParams) {
  const chunks = chunksOf(context, {
    size: charactersIn(chosen.chunk_size),
    overlap: charactersIn(chosen.chunk_overlap),
    maxChunks: chosen.max_chunks,
  })
  ctx.note(`Reading a text in ${chunks.length} parts`)
  const unread: Reading = { request, chunks, summaries: [], params: chosen }
  const [questions, summaries] = await Promise.all([
    chosen.max_questions > 0 ? ctx.span('plan', inner => plan(inner, unread)) : [],
    needsSummaries(chosen, chunks.length) ? ctx.span('summarize', inner => summarize(inner, unread)) : [],
  ])
  return { reading: { ...unread, summaries }, questions }
}

/** Plans the questions to answer first; returns none if the call fails. */
async function plan(ctx: Context, { request, params: chosen }: Reading): Promise<string[]> {
  const maximum = chosen.max_questions
  const outgoing = tune(request, chosen.temperature_plan)
  const list = await tolerateFailure(ctx, 'the plan', () =>
    ask(ctx, outgoing, withUserText(request.messages, planPrompt(maximum))),
  )
  return readList(list ?? '')
    .filter(question => !/^\P{L}*none\P{L}*$/iu.test(question))
    .slice(0, maximum)
}

interface Notes {
  readonly notes: readonly string[]
  readonly findings?: string
}

/** Reads the parts; if there are questions, offers the findings of this reading and reads the parts again with them. */
async function read(ctx: Context, reading: Reading, questions: readonly string[]): Promise<Notes> {
  const notes = await readParts(ctx, 'read', reading, { questions })
  if (questions.length === 0) return { notes }
  const text = await ctx.span('find', inner =>
    tolerateFailure(inner, 'the findings', () => find(inner, reading, notes, questions)),
  )
  if (!text) return { notes }

  const draft = readTag(text, 'answer') || text
  if (!isRefusal(draft)) ctx.offer(draft)
  const findings = clip(text, reading.params.max_output_tokens)
  const more = await tolerateFailure(ctx, 'the second reading', () =>
    readParts(ctx, 'reread', reading, { questions: [], findings }),
  )
  return { notes: more ?? notes, findings }
}

async function readParts(
  ctx: Context,
  span: string,
  reading: Reading,
  goal: ReadingGoal,
): Promise<readonly string[]> {
  return await ctx.span(span, async inner => {
    const notes = await takeNotes(inner, reading, goal)
    return await inner.span('collapse', deeper => collapse(deeper, reading, goal, notes))
  })
}

async function find(
  ctx: Context,
  reading: Reading,
  notes: readonly string[],
  questions: readonly string[],
): Promise<string> {
  const prompt = [notesFor(reading, notes), describeGoal({ questions }), findPrompt].join('\n\n')
  const outgoing = tune(reading.request, reading.params.temperature_reduce)
  return await ask(ctx, outgoing, withUserText(reading.request.messages, prompt))
}

/** The notes for a prompt; if no part contributes to the question, the summaries instead. */
function notesFor({ summaries }: Reading, notes: readonly string[]): string {
  if (notes.length > 0) return `Notes on the long text:\n\n${enclose('notes', notes.join('\n\n'))}`
  const known = summaries.filter(summary => summary !== undefined)
  const about = known.length > 0 ? ` It is about this:\n\n${known.join('\n\n')}` : ''
  return `No part of the long text says anything to the question.${about}`
}
