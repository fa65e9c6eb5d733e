import type { ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { makeFinalCall } from '../lib/asking/final-call.ts'
import { enclose, listCandidates } from '../lib/asking/prompt-lists.ts'
import { agrees, discardOthers } from '../lib/judging/discard-others.ts'
import { agreedOn, isUnanimous } from './ballot.ts'
import { aggregate, explore } from './draft.ts'
import type { MarsParams } from './params.ts'
import { improve, share } from './rewrite.ts'
import { bestOf, isEnough, supportOf } from './solution.ts'
import type { Solutions } from './solution.ts'
import { Team } from './team.ts'
import { verify } from './verify.ts'
import { sameLanguage } from '../lib/asking/language.ts'

const synthesisPrompt = `None of these has been shown to be right. Find out where each goes wrong and what is right in it, see \
for each objection whether it holds, and write the solution of the above. The reader knows none of this: do not mention it. \
${sameLanguage}`

/** Runs the approach; this file is loaded for its first request. */
export async function run(request: ChatRequest, ctx: Context, params: MarsParams): Promise<Reply> {
  const team = new Team(request, params)
  const drafts = await explore(ctx, team)
  if (params.early_termination && !isCall(drafts) && isUnanimous(drafts, params)) {
    ctx.note(`All ${drafts.length} solutions have the same answer`)
    discardOthers(
      drafts.map(({ candidate }) => candidate),
      drafts[0].candidate,
      agrees,
    )
    return drafts[0].candidate.answer()
  }
  let solutions = drafts
  if (params.enable_strategy_network && !isCall(solutions)) solutions = await share(ctx, team, solutions)
  if (params.enable_aggregation && !isCall(solutions)) solutions = await aggregate(ctx, team, solutions)
  if (!isCall(solutions)) solutions = await verifyAndImprove(ctx, team, solutions)
  if (isCall(solutions)) return solutions[0].candidate.answer()
  const agreed = agreedOn(drafts, solutions, params)
  return agreed ? agreed.candidate.answer() : await conclude(ctx, team, solutions)
}

/** Whether the answer is a tool call: drawing a round decides that, and then the first call is the only candidate. */
function isCall([{ candidate }]: Solutions): boolean {
  return candidate.nonText
}

/** Verifies solutions and improves those found wrong, until enough are verified or the iterations are used up. */
async function verifyAndImprove(ctx: Context, team: Team, drawn: Solutions): Promise<Solutions> {
  const { max_iterations: maximum } = team.params
  let solutions = drawn
  ctx.offer(bestOf(solutions, team.params).candidate.answer())
  await verify(ctx, team, solutions)
  for (let iteration = 1; iteration <= maximum && !isEnough(solutions, team.params); iteration++) {
    ctx.note(`Improving the solutions found wrong, ${iteration} of ${maximum}`)
    const improved = await improve(ctx, team, solutions)
    if (improved === solutions || isCall(improved)) return improved
    solutions = improved
    await verify(ctx, team, solutions)
  }
  return solutions
}

/** Answers with a solution that is verified or agreed upon; otherwise has an answer written from all solutions. */
async function conclude(ctx: Context, { request, params }: Team, solutions: Solutions): Promise<Reply> {
  const best = bestOf(solutions, params)
  const support = supportOf(best, solutions)
  if (best.isVerified(params))
    ctx.note(`Found a verified solution; ${support} of ${solutions.length} have its answer`)
  const isDecided = best.isVerified(params) || support >= params.consensus_threshold || solutions.length === 1
  if (isDecided) return best.candidate.answer()

  ctx.note('No solution is verified: writing the answer')
  ctx.offer(best.candidate.answer())
  const messages = withUserText(request.messages, `${reviewOf(solutions)}\n\n${synthesisPrompt}`)
  return await ctx.span('synthesis', inner =>
    makeFinalCall(inner, 'the synthesis', { ...request, messages }, best.candidate),
  )
}

/** The solutions and the objections to each, for a prompt. */
function reviewOf(solutions: Solutions): string {
  const list = listCandidates(
    'solution',
    solutions.map(({ candidate }) => candidate),
  )
  const objections = solutions.flatMap(({ findings }, index) =>
    findings.length === 0 ? [] : [`Objections to solution ${index + 1}:`, enclose('objection', ...findings)],
  )
  return [`Solutions of the above, by different people:`, list, ...objections].join('\n\n')
}
