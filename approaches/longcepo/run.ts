import { readTag } from '../../src/plugin.ts'
import type { ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { readList } from '../lib/asking/read-list.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { charactersIn } from '../lib/asking/tokens.ts'
import { tune } from '../lib/asking/step-params.ts'
import { chunksOf } from './chunks.ts'
import { collapse } from './collapse.ts'
import { summarises } from './params.ts'
import type { LongcepoParams } from './params.ts'
import { clipped, searchFor, summarise, takeNotes } from './reading.ts'
import type { Reading, Search } from './reading.ts'
import { split, tokensOf, withoutDelimiter } from './split.ts'

function planPrompt(most: number): string {
  return `Do not answer the above yet. A long text belongs to it, of which you see little or nothing; it will be \
read in parts. Which questions have to be answered from the text before the answer can be given? Reply \
with a numbered list of ${most} at most, in the order in which they build on each other, each to be \
understood without the others. If one look at the text will do, reply NONE.`
}

const findPrompt = `Do not write the final answer yet. Answer each of the questions by the notes, in a sentence or two, \
and say where they do not tell. Then answer the above itself, as far as that goes, inside <answer> tags.`

const answerPrompt = `The text has been read for you in parts. Now answer the above by what was noted. Where notes \
contradict each other, weigh them by their confidence and by what they rest on; what they do not tell, you do not know. \
The reader knows nothing of parts and notes: do not mention them.`

/** What the approach does, in a file that is loaded for the first request of it. */
export async function run(request: ChatRequest, ctx: Context, chosen: LongcepoParams): Promise<Reply> {
  const { context_query_delimiter: delimiter, max_context_window: window } = chosen
  const { context, messages } = split(request.messages, delimiter, chosen.chunk_size)
  if (tokensOf(request.messages) <= window || context.trim() === '') {
    const whole = withoutDelimiter(request.messages, delimiter)
    return await ctx.complete(whole === request.messages ? request : { ...request, messages: whole })
  }
  const { reading, questions } = await prepare(ctx, { ...request, messages }, context, chosen)
  const { notes, findings } = await read(ctx, reading, questions)
  const given = [notesFor(reading, notes), searchFor({ questions: [], findings }), answerPrompt]
  ctx.note('Writing the answer')
  return await ctx.complete({
    ...request,
    messages: withUserText(messages, given.filter(Boolean).join('\n\n')),
  })
}

/** Cuts the text, plans what to look for, and learns what each part is about. */
async function prepare(ctx: Context, request: ChatRequest, context: string, chosen: LongcepoParams) {
  const chunks = chunksOf(context, {
    size: charactersIn(chosen.chunk_size),
    overlap: charactersIn(chosen.chunk_overlap),
    most: chosen.max_chunks,
  })
  ctx.note(`Reading a text in ${chunks.length} parts`)
  const unread: Reading = { request, chunks, summaries: [], params: chosen }
  const [questions, summaries] = await Promise.all([
    chosen.max_questions > 0 ? ctx.span('plan', inner => plan(inner, unread)) : [],
    summarises(chosen, chunks.length) ? ctx.span('summarise', inner => summarise(inner, unread)) : [],
  ])
  return { reading: { ...unread, summaries }, questions }
}

/** What has to be answered first; nothing where the call fails. */
async function plan(ctx: Context, { request, params: chosen }: Reading): Promise<string[]> {
  const most = chosen.max_questions
  const asked = tune(request, chosen.temperature_plan)
  const list = await tolerateFailure(ctx, 'the plan', () =>
    ask(ctx, asked, withUserText(request.messages, planPrompt(most))),
  )
  return readList(list ?? '')
    .filter(question => !/^\P{L}*none\P{L}*$/iu.test(question))
    .slice(0, most)
}

interface Notes {
  readonly notes: readonly string[]
  readonly findings?: string
}

/** Reads the parts; where there are questions, again with what the first reading has found, which is offered. */
async function read(ctx: Context, reading: Reading, questions: readonly string[]): Promise<Notes> {
  const notes = await pass(ctx, 'read', reading, { questions })
  if (questions.length === 0) return { notes }
  const text = await ctx.span('find', inner =>
    tolerateFailure(inner, 'the findings', () => find(inner, reading, notes, questions)),
  )
  if (!text) return { notes }

  ctx.offer(readTag(text, 'answer') || text)
  const findings = clipped(text, reading.params.max_output_tokens)
  const more = await tolerateFailure(ctx, 'the second reading', () =>
    pass(ctx, 'reread', reading, { questions: [], findings }),
  )
  return { notes: more ?? notes, findings }
}

async function pass(
  ctx: Context,
  name: string,
  reading: Reading,
  search: Search,
): Promise<readonly string[]> {
  return await ctx.span(name, async inner => {
    const notes = await takeNotes(inner, reading, search)
    return await inner.span('collapse', deeper => collapse(deeper, reading, search, notes))
  })
}

async function find(
  ctx: Context,
  reading: Reading,
  notes: readonly string[],
  questions: readonly string[],
): Promise<string> {
  const given = [notesFor(reading, notes), searchFor({ questions }), findPrompt].join('\n\n')
  const asked = tune(reading.request, reading.params.temperature_reduce)
  return await ask(ctx, asked, withUserText(reading.request.messages, given))
}

/** The notes for a prompt; what the parts are about where no part says anything to the question. */
function notesFor({ summaries }: Reading, notes: readonly string[]): string {
  if (notes.length > 0) return `Notes on the long text:\n\n<notes>\n${notes.join('\n\n')}\n</notes>`
  const known = summaries.filter(summary => summary !== undefined)
  const about = known.length > 0 ? ` It is about this:\n\n${known.join('\n\n')}` : ''
  return `No part of the long text says anything to the question.${about}`
}
