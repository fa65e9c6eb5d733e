import { sample } from '../../src/plugin.ts'
import type { Candidate, ChatRequest, Context } from '../../src/plugin.ts'
import { withExchange } from '../lib/asking/conversation.ts'
import { sameLanguage } from '../lib/asking/language.ts'
import { enclose, spokenText } from '../lib/asking/prompt-lists.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { rewritten } from '../lib/judging/rewritten.ts'
import { wholeTexts } from '../lib/judging/whole-texts.ts'
import type { Verification } from './verify.ts'

const prompt = `Your last answer was refuted. Solve the task again from the beginning, and do not repeat the error; where the \
review itself errs, do not follow it. The reader knows neither the last answer nor the review: do not mention them. \
${sameLanguage}`

/** Has refuted answers written again, concurrently; those that fail, refuse, call tools or break off are left out. */
export async function correct(
  ctx: Context,
  request: ChatRequest,
  refuted: readonly (readonly [Candidate, Verification])[],
): Promise<readonly Candidate[]> {
  ctx.note(`Correcting ${refuted.length} answers`)
  const corrected = await ctx.span('correct', inner =>
    Promise.all(
      refuted.map(async ([candidate, { report }]) => {
        const text = `${enclose('review', report)}\n\n${prompt}`
        const messages = withExchange(request.messages, spokenText(candidate), text)
        const drawn = await tolerateFailure(inner, 'a correction', () =>
          sample(inner, { ...request, messages }, 1),
        )
        return rewritten(inner, [candidate], drawn ?? []) ?? []
      }),
    ),
  )
  return wholeTexts(corrected.flat())
}
