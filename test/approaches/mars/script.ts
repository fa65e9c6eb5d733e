import mars from '../../../approaches/mars/index.ts'
import { contextOf, requestOf, textIn } from '../model.ts'
import type { Asked, FakeContext, Scripted } from '../model.ts'
import type { ChatRequest, Message } from '../../../src/contract/index.ts'
import { textOf } from '../../../src/chat/completion.ts'

/** Without aggregation, which is a test of its own, and with temperatures, by which `agentOf` knows the agents. */
export const params = mars.params!.parse({ temperatures: [0.3, 0.6, 1], enable_aggregation: false })

export type Params = typeof params

export const everything: Partial<Params> = { enable_strategy_network: true, enable_aggregation: true }

export type Round = (asked: Asked) => Scripted | Promise<Scripted>

const numbers: Record<string, number> = { 0.3: 1, 0.6: 2, 1: 3 }

/** The number of the agent that makes a call, from 1, by its temperature. */
export function agentOf({ request }: Asked): number {
  return numbers[String(request.temperature)] ?? 0
}

/** The solution that a call is about: the one to verify, or the previous answer. */
export function subjectOf({ request, path }: Asked): string {
  if (path !== 'verify') return textOf(request.messages.at(-2))
  return /<solution>\n([^]*)\n<\/solution>/.exec(wordsOf(request.messages.at(-1)))?.[1] ?? ''
}

/** The text of a message's last part. */
export function wordsOf(message: Message | undefined): string {
  const { content } = message ?? {}
  return typeof content === 'string' ? content : (content?.at(-1)?.text ?? '')
}

/** The default answers of each round: three different answers, and verifiers that reject each of them. */
const doubted: Record<string, Round> = {
  explore: asked => `The answer is ${agentOf(asked)}.`,
  strategies: asked => `way of "${subjectOf(asked)}"`,
  share: asked => `The answer is ${agentOf(asked)}0.`,
  aggregate: asked => `The answer is ${agentOf(asked)}00.`,
  verify: () => 'Step 2 is off.\nVerdict: INCORRECT',
  improve: asked => `${subjectOf(asked)} Improved.`,
  synthesis: () => 'The answer is 99.',
}

export function team(rounds: Record<string, Round | Scripted> = {}): FakeContext {
  return contextOf(asked => {
    const round = rounds[asked.path] ?? doubted[asked.path]
    if (round === undefined) throw new Error(`no round "${asked.path}"`)
    return typeof round === 'function' ? round(asked) : round
  })
}

/** Verifiers that accept solutions which contain one of these texts. */
export function approving(...texts: readonly string[]): Round {
  return asked =>
    texts.some(text => subjectOf(asked).includes(text)) ? 'Verdict: CORRECT' : 'Verdict: INCORRECT'
}

export async function answerOf(
  ctx: FakeContext,
  changes: Partial<Params> = {},
  fields: Partial<ChatRequest> = {},
): Promise<string | null | undefined> {
  return await textIn(await mars.run(requestOf('q', fields), ctx, { ...params, ...changes }))
}

/** Number of calls of each round, in order of appearance. */
export function countsIn({ asked }: FakeContext): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { path } of asked) counts[path] = (counts[path] ?? 0) + 1
  return counts
}
