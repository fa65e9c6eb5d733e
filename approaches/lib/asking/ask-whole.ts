import { textOf, withoutThinking } from '../../../src/plugin.ts'
import type { ChatRequest, Context, Message } from '../../../src/plugin.ts'

/** Like `ask`, for text that is useless in part: returns undefined if the reply is truncated or empty. */
export async function askWhole(
  ctx: Context,
  request: ChatRequest,
  messages: readonly Message[],
): Promise<string | undefined> {
  const reply = await ctx.complete({ ...request, messages }, { kind: 'helper' })
  const [choice] = (await reply.completion()).choices
  const finish = choice?.finish_reason
  if (finish === 'length' || finish === 'content_filter') return undefined
  return withoutThinking(textOf(choice?.message)) || undefined
}
