import { withoutThinking } from '../../../src/plugin.ts'
import type { ChatRequest, Context, Message } from '../../../src/plugin.ts'

/**
 * Asks the model something on the way to an answer, and gives its text without thinking. Sets no temperature: reasoning
 * models refuse any but their own.
 */
export async function ask(ctx: Context, request: ChatRequest, messages: readonly Message[]): Promise<string> {
  const reply = await ctx.complete({ ...request, messages }, { kind: 'helper' })
  return withoutThinking(await reply.text())
}
