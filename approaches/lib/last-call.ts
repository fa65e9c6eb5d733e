import { StreamReply } from '../../src/upstream/reply.ts'
import type { ChatRequest, Chunk, Context, Reply } from '../../src/contract/index.ts'
import { optional } from './optional.ts'
import type { Candidate } from './sample.ts'

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
  if (!reply) return fallback.answer()
  return new StreamReply(reply.head, filled(reply, fallback), reason => reply.cancel(reason))
}

/** A reply's chunks, with the fallback's text for a choice that ends without any content. */
async function* filled(reply: Reply, fallback: Candidate): AsyncGenerator<Chunk> {
  const filledChoices = new Set<number>()
  for await (const chunk of reply) {
    const choices = chunk.choices.map(choice => {
      const { content, tool_calls: calls, refusal } = choice.delta ?? {}
      if (content || calls || refusal) filledChoices.add(choice.index)
      if (!choice.finish_reason || filledChoices.has(choice.index)) return choice
      return { ...choice, delta: { ...choice.delta, content: fallback.text }, finish_reason: fallback.finish }
    })
    yield { ...chunk, choices }
  }
}
