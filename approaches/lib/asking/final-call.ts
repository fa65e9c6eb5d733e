import { HulumanageError, StreamReply, ThinkingFilter } from '../../../src/plugin.ts'
import type { Candidate, ChatRequest, Chunk, ChunkChoice, Context, Reply } from '../../../src/plugin.ts'
import { tolerateFailure } from './tolerate-failure.ts'

/**
 * Makes the call that a method ends with, and streams its answer. `fallback` is the answer if the call fails before its
 * first content, or has no content; `what` names the call in the log.
 */
export async function makeFinalCall(
  ctx: Context,
  what: string,
  request: ChatRequest,
  fallback: Candidate,
): Promise<Reply> {
  const reply = await tolerateFailure(ctx, what, () => ctx.complete(request))
  return reply ? ensureContent(reply, fallback) : fallback.answer()
}

/**
 * Puts the text of `fallback` into each choice of a reply that ends with nothing but blanks or thinking, without tool calls or
 * a refusal.
 * Without a fallback, a choice without content fails the reply with `no_answer`, unless it is empty because it was truncated.
 */
export function ensureContent(reply: Reply, fallback?: Candidate): Reply {
  return new StreamReply(reply.head, fillChunks(reply, fallback), reason => reply.cancel(reason))
}

async function* fillChunks(reply: Reply, fallback: Candidate | undefined): AsyncGenerator<Chunk> {
  /** By index of the choice: whether it has had content. */
  const hasContent: boolean[] = []
  const filters = new Map<number, ThinkingFilter>()
  for await (const chunk of reply) {
    const choices = chunk.choices.map(choice => {
      const { content, tool_calls: calls, refusal } = choice.delta ?? {}
      const filter = filters.get(choice.index) ?? new ThinkingFilter()
      filters.set(choice.index, filter)
      const isLast = choice.finish_reason != null
      const answers = hasContent[choice.index] || calls?.length || refusal || says(filter, content, isLast)
      hasContent[choice.index] = Boolean(answers) || isLast
      return answers || !isLast ? choice : fillChoice(choice, fallback)
    })
    yield { ...chunk, choices }
  }
  // Some services close a stream without a finish_reason, or send no choice at all.
  const missing = (hasContent.length === 0 ? [false] : hasContent).flatMap((has, index) =>
    has ? [] : [index],
  )
  if (missing.length === 0) return
  const { id, model, created } = reply.head
  const ends = missing.map(index => fillChoice({ index, delta: {}, finish_reason: 'stop' }, fallback))
  yield { id, object: 'chat.completion.chunk', created, model, choices: ends }
}

/** Whether a piece of an answer, behind the pieces before it, has more than blanks and thinking. */
function says(filter: ThinkingFilter, piece: string | null | undefined, isLast: boolean): boolean {
  const spoken = filter.push(piece ?? '') + (isLast ? filter.end() : '')
  return spoken.trim() !== ''
}

/** Replaces the last chunk of a choice without content. */
function fillChoice(choice: ChunkChoice, fallback: Candidate | undefined): ChunkChoice {
  if (fallback) {
    const delta = { role: 'assistant', ...choice.delta, content: fallback.text }
    return { ...choice, delta, finish_reason: fallback.finish }
  }
  // Out of tokens while thinking: an empty answer with its finish reason, as from a reasoning model.
  if (choice.finish_reason === 'length' || choice.finish_reason === 'content_filter') return choice
  throw new HulumanageError('no_answer', 'The model returned an empty answer; try again')
}
