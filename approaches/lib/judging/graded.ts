import { groupByAnswer } from '../../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../../../src/plugin.ts'
import { ask } from '../asking/ask.ts'
import { withExchange } from '../asking/conversation.ts'
import { spokenText } from '../asking/prompt-lists.ts'
import { decideBy } from '../asking/tolerate-failure.ts'
import { readGrade } from './grade.ts'

const examine = `Step back and judge your last answer as a strict examiner would: is it correct, does it answer \
what was asked, is it complete and clear? Grade it from 0 (useless) to 10 (nothing to improve).`
const gradePrompt = `${examine} Reply with the number and nothing else.`
const reasonPrompt = `${examine} First list the errors and gaps in a few short sentences: recompute what can be computed, and \
check each claim. Close with one line in this form:
Score: <number>`

/** How answers are graded. */
export interface Grading {
  /** Whether the judge gives its reasons before the grade (default: false). */
  readonly reason?: boolean | undefined
}

/** Candidates with one answer; the first of them is graded. */
interface Graded {
  readonly first: Candidate
  readonly votes: number
  grade?: number | undefined
}

/**
 * Has the model grade each different answer once, in concurrent calls, and returns the first candidate with the best one.
 * An answer's grade counts as often as the answer was given; without grades, the most common answer is the best. Ties go to
 * the earliest. Asks nothing if all candidates agree. Offers the best so far as grades arrive. Throws if every grade is
 * refused.
 */
export async function selectBestGraded(
  ctx: Context,
  request: ChatRequest,
  candidates: Candidates,
  grading: Grading = {},
): Promise<Candidate> {
  const groups: readonly Graded[] = groupByAnswer(candidates).map(({ first, members }) => ({
    first,
    votes: members.length,
  }))
  let best: Candidate = candidates[0]
  const gradeOne = async (group: Graded): Promise<number | undefined> => {
    group.grade = await gradeAnswer(ctx, request, group.first, grading)
    const leader = bestOf(groups)
    if (leader !== best && group.grade !== undefined) ctx.offer(leader.answer())
    best = leader
    return group.grade
  }
  if (groups.length > 1) {
    ctx.note(`Grading ${groups.length} answers`)
    await decideBy(
      ctx,
      'a grade',
      groups.map(group => () => gradeOne(group)),
    )
    best = bestOf(groups)
  }
  const byFirst = new Map(groups.map(group => [group.first, group]))
  for (const candidate of candidates) {
    if (candidate !== best) candidate.discard(reasonOf(byFirst.get(candidate)))
  }
  return best
}

/** By the sum of grades, then by votes. */
function bestOf(groups: readonly Graded[]): Candidate {
  const [best] = groups.toSorted((left, right) => sumOf(right) - sumOf(left) || right.votes - left.votes)
  return best!.first
}

function sumOf({ grade, votes }: Graded): number {
  return grade === undefined ? -1 : grade * votes
}

function reasonOf(group: Graded | undefined): string {
  if (!group) return 'same answer as another'
  return group.grade === undefined ? 'not graded' : `graded ${group.grade} of 10`
}

/** The grade of an answer from 0 to 10; undefined if the reply contains no readable grade. */
export async function gradeAnswer(
  ctx: Context,
  request: ChatRequest,
  candidate: Candidate,
  { reason = false }: Grading = {},
): Promise<number | undefined> {
  const prompt = reason ? reasonPrompt : gradePrompt
  return readGrade(await ask(ctx, request, withExchange(request.messages, spokenText(candidate), prompt)))
}
