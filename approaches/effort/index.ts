import { z } from 'zod'
import { defineApproach, setsEffort, withEffort } from '../../src/plugin.ts'
import type { ChatRequest, Context } from '../../src/plugin.ts'
import { ask } from '../lib/asking/ask.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { ensureContent } from '../lib/asking/final-call.ts'
import { reportUnread, tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { isGreeting } from '../lib/request/greeting.ts'

const prompt = `Do not answer the above. How much thinking does a good answer to it take? EASY: none, as for greetings, facts \
known by heart, or changes to a text. MEDIUM: a few steps. HARD: many steps that depend on each other, as in proofs, puzzles \
and difficult programs. Reply with one word: EASY, MEDIUM or HARD.`

const level = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])

/** Lets the difficulty of a request set the effort of the model. */
export default defineApproach({
  name: 'effort',
  summary: 'Has the difficulty of a request estimated, and sets the reasoning effort by it',
  params: z.object({
    easy: level.default('low').describe('reasoning effort of easy requests'),
    medium: level.default('medium').describe('reasoning effort of requests that take a few steps'),
    hard: level.default('high').describe('reasoning effort of hard requests'),
    judge: z
      .string()
      .default('')
      .describe('model that estimates the difficulty, such as a small one; by default the requested one'),
  }),
  cost: (_params, times) => ({ calls: times * 2, rounds: 2 }),

  async run(request, ctx, { judge, ...levels }) {
    // A client that sets an effort knows best.
    if (setsEffort(request)) return ensureContent(await ctx.complete(request))
    const difficulty = isTrivial(request) ? 'easy' : await estimate(ctx, request, judge)
    ctx.note(difficulty ? `The request is ${difficulty}` : 'The difficulty is unknown')
    const reply = await ctx.complete(difficulty ? withEffort(request, levels[difficulty]) : request)
    return ensureContent(reply)
  },
})

type Difficulty = 'easy' | 'medium' | 'hard'

/** Whether a request is certainly easy: a greeting or thanks at the start of a conversation. */
function isTrivial({ messages, tools }: ChatRequest): boolean {
  const said = messages.filter(({ role }) => role !== 'system' && role !== 'developer')
  return said.length === 1 && !tools && isGreeting(said[0])
}

async function estimate(ctx: Context, request: ChatRequest, judge: string): Promise<Difficulty | undefined> {
  const model = judge === '' ? request.model : judge
  const asking = withEffort({ ...request, model }, 'low')
  return await ctx.span('estimate', inner =>
    tolerateFailure(inner, 'the estimate of the difficulty', async () => {
      const difficulty = readDifficulty(await ask(inner, asking, withUserText(request.messages, prompt)))
      reportUnread(inner, [difficulty])
      return difficulty
    }),
  )
}

/** Reads the only level that a reply names; undefined if it names none or several. */
export function readDifficulty(text: string): Difficulty | undefined {
  const named = new Set(
    [...text.slice(-400).matchAll(/\b(easy|medium|hard)\b/gi)].map(([word]) => word.toLowerCase()),
  )
  const [only, ...others] = named
  return others.length === 0 ? (only as Difficulty | undefined) : undefined
}
