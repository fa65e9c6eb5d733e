import type { Candidate, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'
import { ask } from '../asking/ask.ts'
import { withExchange } from '../asking/conversation.ts'
import { spokenText } from '../asking/prompt-lists.ts'
import { readGrade } from './grade.ts'
import { decideBy } from '../asking/tolerate-failure.ts'

const gradePrompt = `Step back and judge your last answer as a strict examiner would: is it correct, does it answer \
what was asked, is it complete and clear? Grade it from 0 (useless) to 10 (nothing to improve). Reply with the number \
and nothing else.`

/**
 * Has the model grade each candidate, in concurrent calls, and returns the best. Ties go to the earliest, and so does the
 * choice if no grade can be read. Offers the best so far as grades arrive. Throws if every grade is refused.
 */
export async function selectBestGraded(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
): Promise<Candidate> {
  let best: Candidate = candidates[0]
  const grades = Array.from<number | undefined>({ length: candidates.length })
  const gradeOne = async (candidate: Candidate, index: number): Promise<void> => {
    grades[index] = await grade(ctx, request, candidate)
    const leader = candidates[indexOfMax(grades)] ?? best
    if (leader !== best) ctx.offer(leader.answer())
    best = leader
  }
  await decideBy(
    ctx,
    'a grade',
    candidates.map((candidate, index) => () => gradeOne(candidate, index)),
  )
  for (const [index, candidate] of candidates.entries()) {
    const points = grades[index]
    if (candidate !== best) candidate.discard(points === undefined ? 'not graded' : `graded ${points} of 10`)
  }
  return best
}

async function grade(ctx: Context, request: ChatRequest, candidate: Candidate): Promise<number | undefined> {
  return readGrade(
    await ask(ctx, request, withExchange(request.messages, spokenText(candidate), gradePrompt)),
  )
}

/** Index of the first of the highest grades; -1 if there are no grades. */
function indexOfMax(grades: readonly (number | undefined)[]): number {
  const best = Math.max(...grades.map(grade => grade ?? -1))
  return best < 0 ? -1 : grades.indexOf(best)
}
