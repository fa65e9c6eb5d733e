import { withoutThinking } from '../../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'
import { ask } from '../asking/ask.ts'
import { readGrade } from './grade.ts'
import { optional } from '../asking/optional.ts'

const gradePrompt = `Step back and judge your last answer as a strict examiner would: is it correct, does it answer \
what was asked, is it complete and clear? Grade it from 0 (useless) to 10 (nothing to improve). Reply with the number \
and nothing else.`

/**
 * The candidate that the model grades best, with a call for each, side by side. Ties go to the earliest, and so does the
 * choice where no grade can be read. Offers the best so far as grades come in.
 */
export async function bestGraded(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
): Promise<Candidate> {
  let best: Candidate = candidates[0]
  const grades = Array.from<number | undefined>({ length: candidates.length })
  const gradeOne = async (candidate: Candidate, index: number): Promise<void> => {
    grades[index] = await optional(ctx, 'A grade', () => gradeOf(ctx, request, candidate))
    const leader = candidates[indexOfMax(grades)] ?? best
    if (leader !== best) ctx.offer(leader.answer())
    best = leader
  }
  await Promise.all(candidates.map(gradeOne))
  for (const [index, candidate] of candidates.entries()) {
    const grade = grades[index]
    if (candidate !== best) candidate.discard(grade === undefined ? 'not graded' : `graded ${grade} of 10`)
  }
  return best
}

async function gradeOf(ctx: Context, request: ChatRequest, { text }: Candidate): Promise<number | undefined> {
  return readGrade(
    await ask(ctx, request, [
      ...request.messages,
      { role: 'assistant', content: withoutThinking(text) || text },
      { role: 'user', content: gradePrompt },
    ]),
  )
}

/** Position of the highest grade, the first of equals; -1 where there is none. */
function indexOfMax(grades: readonly (number | undefined)[]): number {
  const best = Math.max(...grades.map(grade => grade ?? -1))
  return best < 0 ? -1 : grades.indexOf(best)
}
