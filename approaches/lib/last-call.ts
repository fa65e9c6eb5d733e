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

/** A reply's chunks, with the fallback's text for a choice that ends without any content, and where there is no choice. */
async function* filled(reply: Reply, fallback: Candidate): AsyncGenerator<Chunk> {
  const filledChoices = new Set<number>()
  const { text: content, finish } = fallback
  for await (const chunk of reply) {
    const choices = chunk.choices.map(choice => {
      const { delta, index } = choice
      const empty = !delta?.content && !delta?.tool_calls && !delta?.['refusal']
      if (empty && (!choice.finish_reason || filledChoices.has(index))) return choice
      filledChoices.add(index)
      return empty ? { ...choice, delta: { ...delta, content }, finish_reason: finish } : choice
    })
    yield { ...chunk, choices }
  }
  if (filledChoices.size > 0) return
  const { id, created, model } = reply.head
  const choice = { index: 0, delta: { role: 'assistant', content }, finish_reason: finish }
  yield { id, object: 'chat.completion.chunk', created, model, choices: [choice] }
}
