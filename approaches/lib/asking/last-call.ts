import { HulumanageError, StreamReply } from '../../../src/plugin.ts'
import type { Candidate, ChatRequest, Chunk, ChunkChoice, Context, Reply } from '../../../src/plugin.ts'
import { optional } from './optional.ts'

/**
 * The call a method ends in: its answer as it streams. `fallback` is the answer where the call fails before its first
 * content, or brings none; `what` names it in the log then.
 */
export async function lastCall(
  ctx: Context,
  what: string,
  request: ChatRequest,
  fallback: Candidate,
): Promise<Reply> {
  const reply = await optional(ctx, what, () => ctx.complete(request))
  return reply ? filled(reply, fallback) : fallback.answer()
}

/**
 * A reply with `fallback`'s text in a choice that ends without content, tool calls or a refusal. Without a fallback such
 * a choice fails the reply with `no_answer`, unless it is empty because it broke off.
 */
export function filled(reply: Reply, fallback?: Candidate): Reply {
  return new StreamReply(reply.head, filledChunks(reply, fallback), reason => reply.cancel(reason))
}

async function* filledChunks(reply: Reply, fallback: Candidate | undefined): AsyncGenerator<Chunk> {
  /** By index: whether a choice has brought something. */
  const brought: boolean[] = []
  for await (const chunk of reply) {
    const choices = chunk.choices.map(choice => {
      const { content, tool_calls: calls, refusal } = choice.delta ?? {}
      const empty = !content && !calls?.length && !refusal && !brought[choice.index]
      const replaced = empty && choice.finish_reason != null
      brought[choice.index] = replaced || !empty
      return replaced ? instead(choice, fallback) : choice
    })
    yield { ...chunk, choices }
  }
  // Some services close a stream without a finish_reason, or send no choice at all.
  const missing = (brought.length === 0 ? [false] : brought).flatMap((some, index) => (some ? [] : [index]))
  if (missing.length === 0) return
  const { id, model, created } = reply.head
  const ends = missing.map(index => instead({ index, delta: {}, finish_reason: 'stop' }, fallback))
  yield { id, object: 'chat.completion.chunk', created, model, choices: ends }
}

/** The end of a choice that brought nothing. */
function instead(choice: ChunkChoice, fallback: Candidate | undefined): ChunkChoice {
  if (fallback) {
    const delta = { role: 'assistant', ...choice.delta, content: fallback.text }
    return { ...choice, delta, finish_reason: fallback.finish }
  }
  // Out of tokens while it thought: an empty answer with its finish reason, as reasoning models have it.
  if (choice.finish_reason === 'length' || choice.finish_reason === 'content_filter') return choice
  throw new HulumanageError('no_answer', 'The model gave an empty answer; try again')
}
