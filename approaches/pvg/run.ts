import { groupByAnswer, sample, sampleEach, withDrawTemperature, withSeed } from '../../src/plugin.ts'
import type { Candidates, ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { withExchange, withInstruction } from '../lib/asking/conversation.ts'
import { withHelperEffort } from '../lib/request/helper-effort.ts'
import { sameLanguage } from '../lib/asking/language.ts'
import { enclose, spokenText } from '../lib/asking/prompt-lists.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { agrees, discardOthers, isNoCall } from '../lib/judging/discard-others.ts'
import { Game } from './game.ts'
import type { HelpfulAnswer } from './helpful.ts'
import type { PvgParams } from './params.ts'
import { drawDecoys } from './sneaky.ts'
import { Verifier } from './verifier.ts'

const legible = `Your answer will be checked by somebody who knows less than you. Within the form and the length that are \
asked for, write so that each step can be checked by itself. ${sameLanguage}`

const revisionPrompt = (critique: string): string => `A checker who does not know you says of your answer:

${enclose('critique', critique)}

The checker may err: see for each point whether it holds. Then rewrite the whole answer, with every real fault corrected. The reader knows \
neither your first answer nor the critique: do not mention them. ${sameLanguage}`

/** Runs the approach; this file is loaded for its first request. */
export async function run(
  request: ChatRequest,
  ctx: Context,
  { n, sneaky, rounds, good_enough: enough, verifier, temperature, ...params }: PvgParams,
): Promise<Reply> {
  const outgoing = withDrawTemperature(
    { ...request, messages: withInstruction(request.messages, legible) },
    temperature,
  )
  ctx.note(`Drawing ${n} answers`)
  const helpful = limit(n, await ctx.span('draw', inner => sample(inner, outgoing, n)))
  const [first, ...others] = helpful
  if (first.nonText || (others.length === 0 && rounds === 1)) return first.answer()
  ctx.offer(first.answer())
  if (others.length > 0 && groupByAnswer(helpful).length === 1) {
    ctx.note(`All ${helpful.length} answers agree`)
    discardOthers(helpful, first, agrees)
    return first.answer()
  }
  const judging = withHelperEffort(request, params.helper_effort)
  const grader = new Verifier(verifier ? { ...judging, model: verifier } : judging)
  const game = new Game(ctx, grader, helpful)
  await game.judge(inner => drawDecoys(inner, request, sneaky))
  for (let round = 2; round <= rounds && game.grade < enough; round++) {
    const revised = await revise(ctx, outgoing, game.takeForRevision(n))
    if (!revised) break
    if (revised[0].nonText) {
      discardOthers(game.candidates, revised[0], isNoCall)
      return revised[0].answer()
    }
    await game.add(revised)
  }
  const { candidate } = game.best
  discardOthers(game.candidates, candidate, 'another one was chosen')
  return candidate.answer()
}

async function revise(
  ctx: Context,
  request: ChatRequest,
  answers: readonly HelpfulAnswer[],
): Promise<Candidates | undefined> {
  if (answers.length === 0) return undefined
  ctx.note(`Revising ${answers.length} answers`)
  const requests = answers.map(({ candidate, judgement }, index) => ({
    ...withSeed(request, index),
    messages: withExchange(
      request.messages,
      spokenText(candidate),
      revisionPrompt(judgement?.critique ?? ''),
    ),
  }))
  const revised = await ctx.span('revise', inner =>
    tolerateFailure(inner, 'the revision', () => sampleEach(inner, requests)),
  )
  return revised && limit(requests.length, revised)
}

/** Drops surplus candidates: some providers send more choices than were requested. */
function limit(count: number, [first, ...others]: Candidates): Candidates {
  return [first, ...others.slice(0, count - 1)]
}
