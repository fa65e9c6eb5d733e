import { ask } from '../asking/ask.ts'
import { withUserText } from '../asking/conversation.ts'
import { listCandidates } from '../asking/prompt-lists.ts'
import { tolerateFailure } from '../asking/tolerate-failure.ts'
import { readPick } from './pick.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'

/** Longer lists do not fit every model. */
const longestList = 200_000

const introduction = 'Several answers to the above, each written without knowledge of the others:'
const instruction = `Do not answer the above. Find out which of these answers is the most consistent with the others: the \
one whose claims and conclusions most of them share. Neither length nor order counts. Reply with one line that names it by \
its number:
Best: <number>`

/**
 * Has the model choose, in one call, the answer that is most consistent with the others: universal self-consistency, for
 * texts that have no result to count. Undefined if the list is too long, or if the call fails or names none.
 */
export async function chooseMostConsistent(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
): Promise<Candidate | undefined> {
  const answers = listCandidates('answer', candidates)
  if (candidates.length < 3 || answers.length > longestList) return undefined
  ctx.note(`Comparing ${candidates.length} texts`)
  const messages = withUserText(request.messages, [introduction, answers, instruction].join('\n\n'))
  const reply = await ctx.span('compare', inner =>
    tolerateFailure(inner, 'a comparison of answers', () => ask(inner, request, messages)),
  )
  const pick = reply === undefined ? undefined : readPick(reply, candidates.length)
  return pick === undefined ? undefined : candidates[pick - 1]
}
