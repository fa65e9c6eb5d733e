import { HulumanageError } from '../../src/contract/index.ts'
import { StreamReply } from '../../src/upstream/reply.ts'
import type { ChatRequest, Chunk, ChunkChoice, Context, Reply } from '../../src/contract/index.ts'
import { optional } from './optional.ts'
import type { Candidate } from './sample.ts'

/** The answer of a method's last call as it streams; `fallback` where the call fails before its first content, or brings none. */
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
  const seen = new Set<number>()
  const filledChoices = new Set<number>()
  for await (const chunk of reply) {
    const choices = chunk.choices.map(choice => {
      const { content, tool_calls: calls, refusal } = choice.delta ?? {}
      seen.add(choice.index)
      if (content || calls?.length || refusal) filledChoices.add(choice.index)
      const empty = choice.finish_reason != null && !filledChoices.has(choice.index)
      return empty ? instead(choice, fallback) : choice
    })
    yield { ...chunk, choices }
  }
  if (seen.size > 0) return
  const { id, model, created } = reply.head
  const choice = instead({ index: 0, delta: { role: 'assistant' }, finish_reason: 'stop' }, fallback)
  yield { id, object: 'chat.completion.chunk', created, model, choices: [choice] }
}

/** The end of a choice that brought nothing. */
function instead(choice: ChunkChoice, fallback: Candidate | undefined): ChunkChoice {
  if (fallback) {
    return {
      ...choice,
      delta: { ...choice.delta, content: fallback.text },
      finish_reason: fallback.finish,
    }
  }
  // Out of tokens while it thought: an empty answer with its finish reason, as reasoning models have it.
  if (choice.finish_reason === 'length' || choice.finish_reason === 'content_filter') return choice
  throw new HulumanageError('no_answer', 'The model gave an empty answer; try again')
}
