import { sample, sampleEach, withDrawTemperature } from '../../src/plugin.ts'
import type { Candidates, ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { withInstruction } from '../lib/asking/conversation.ts'
import { spokenText } from '../lib/asking/prompt-lists.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { Game } from './game.ts'
import type { Drawn } from './game.ts'
import type { HelpfulAnswer } from './helpful.ts'
import type { PvgParams } from './params.ts'
import { drawDecoys } from './sneaky.ts'
import { Verifier } from './verifier.ts'

const legible = `Your answer will be checked by somebody who knows less than you. Within the form and the length that are \
asked for, write so that each step can be checked by itself.`

const revisionPrompt = (critique: string): string => `A checker who does not know you says of your answer:

<critique>
${critique}
</critique>

The checker may err: see for each point whether it holds. Then write the answer anew, as a whole and right. The reader knows \
neither your first answer nor the critique: do not mention them.`

/** What the approach does, in a file that is loaded for the first request of it. */
export async function run(
  request: ChatRequest,
  ctx: Context,
  { n, sneaky, rounds, good_enough: enough, verifier, temperature }: PvgParams,
): Promise<Reply> {
  const asked = withDrawTemperature(
    { ...request, messages: withInstruction(request.messages, legible) },
    temperature,
  )
  const count = n === 1 && rounds === 1 ? 0 : sneaky
  ctx.note(`Drawing ${n} answers`)
  const drawn = await ctx.span('draw', inner => draw(inner, { request, asked, n, sneaky: count }))
  const [first, ...others] = drawn.helpful
  if (first.nonText || (others.length === 0 && rounds === 1)) return first.answer()

  const grader = new Verifier(verifier ? { ...request, model: verifier } : request)
  const game = new Game(ctx, grader, drawn)
  await game.judge()
  for (let round = 2; round <= rounds && game.grade < enough; round++) {
    const revised = await revise(ctx, asked, game.toRevise(n))
    if (!revised) break
    if (revised[0].nonText) return revised[0].answer()
    await game.add(revised)
  }
  return game.best.candidate.answer()
}

interface Draw {
  readonly request: ChatRequest
  /** The request as helpful provers get it. */
  readonly asked: ChatRequest
  readonly n: number
  readonly sneaky: number
}

/** Helpful and sneaky answers, side by side. A tool call does not wait for the sneaky ones. */
async function draw(ctx: Context, { request, asked, n, sneaky }: Draw): Promise<Drawn> {
  const decoys = drawDecoys(ctx, request, sneaky)
  // Where the helpful ones fail nobody waits for these.
  decoys.catch(() => {})
  const helpful = atMost(n, await sample(ctx, asked, n))
  ctx.offer(helpful[0].answer())
  return { helpful, decoys: helpful[0].nonText ? [] : await decoys }
}

async function revise(
  ctx: Context,
  asked: ChatRequest,
  answers: readonly HelpfulAnswer[],
): Promise<Candidates | undefined> {
  if (answers.length === 0) return undefined
  ctx.note(`Revising ${answers.length} answers`)
  const requests = answers.map(({ candidate, judgement }, index) => ({
    ...asked,
    ...(typeof asked.seed === 'number' ? { seed: asked.seed + index } : {}),
    messages: [
      ...asked.messages,
      { role: 'assistant', content: spokenText(candidate) },
      { role: 'user', content: revisionPrompt(judgement?.critique ?? '') },
    ],
  }))
  const revised = await ctx.span('revise', inner =>
    tolerateFailure(inner, 'the revision', () => sampleEach(inner, requests)),
  )
  return revised && atMost(requests.length, revised)
}

/** Some providers send more choices than were asked for. */
function atMost(count: number, [first, ...others]: Candidates): Candidates {
  return [first, ...others.slice(0, count - 1)]
}
