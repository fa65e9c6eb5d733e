import { withoutThinking } from '../../../src/plugin.ts'
import type { ChatRequest, Context, Message } from '../../../src/plugin.ts'

/**
 * Asks the model for an intermediate result and returns its text without thinking. Sets no temperature, since reasoning
 * models refuse any but their own.
 */
export async function ask(ctx: Context, request: ChatRequest, messages: readonly Message[]): Promise<string> {
  const reply = await ctx.complete({ ...request, messages }, { kind: 'helper' })
  return withoutThinking(await reply.text())
}
