import type { ChatRequest, Context, Message } from '../../src/contract/index.ts'
import { withoutThinking } from './tags.ts'

/**
 * Asks the model something on the way to an answer, and gives its text without thinking. Sets no temperature: reasoning
 * models refuse any but their own.
 */
export async function ask(ctx: Context, request: ChatRequest, messages: readonly Message[]): Promise<string> {
  const reply = await ctx.complete({ ...request, messages }, { kind: 'helper' })
  return withoutThinking(await reply.text())
}
