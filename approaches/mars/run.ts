import type { ChatRequest, Context, Reply } from '../../src/plugin.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { makeFinalCall } from '../lib/asking/final-call.ts'
import { listCandidates } from '../lib/asking/prompt-lists.ts'
import { aggregate, explore } from './draft.ts'
import type { MarsParams } from './params.ts'
import { improve, share } from './rewrite.ts'
import { bestOf, isEnough, supportOf } from './solution.ts'
import type { Solutions } from './solution.ts'
import { Team } from './team.ts'
import { verify } from './verify.ts'

const synthesisPrompt = `None of these has been shown to be right. Find out where each goes wrong and what is right in it, see \
for each objection whether it holds, and write the solution of the above. The reader knows none of this: do not mention it.`

/** What the approach does, in a file that is loaded for the first request of it. */
export async function run(request: ChatRequest, ctx: Context, given: MarsParams): Promise<Reply> {
  const team = new Team(request, given)
  let solutions = await explore(ctx, team)
  if (given.enable_strategy_network && !isCall(solutions)) solutions = await share(ctx, team, solutions)
  if (given.enable_aggregation && !isCall(solutions)) solutions = await aggregate(ctx, team, solutions)
  if (!isCall(solutions)) solutions = await verified(ctx, team, solutions)
  if (isCall(solutions)) return solutions[0].candidate.answer()
  return await conclude(ctx, team, solutions)
}

/** Tool calls are settled as the candidates of a round are drawn: the first of them is all there is then. */
function isCall([{ candidate }]: Solutions): boolean {
  return candidate.nonText
}

/** Verifies, and improves what was found wrong and verifies that, until enough stand or the iterations are used up. */
async function verified(ctx: Context, team: Team, drawn: Solutions): Promise<Solutions> {
  const { max_iterations: most } = team.params
  let solutions = drawn
  ctx.offer(bestOf(solutions, team.params).candidate.answer())
  await verify(ctx, team, solutions)
  for (let iteration = 1; iteration <= most && !isEnough(solutions, team.params); iteration++) {
    ctx.note(`Improving what was found wrong, ${iteration} of ${most}`)
    const improved = await improve(ctx, team, solutions)
    if (improved === solutions || isCall(improved)) return improved
    solutions = improved
    await verify(ctx, team, solutions)
  }
  return solutions
}

/** What was verified or agreed upon is the answer as it is; else one is written of all that there is. */
async function conclude(
  ctx: Context,
  { request, params: given }: Team,
  solutions: Solutions,
): Promise<Reply> {
  const best = bestOf(solutions, given)
  const support = supportOf(best, solutions)
  if (best.isVerified(given))
    ctx.note(`A verified solution, with ${support} of ${solutions.length} for its answer`)
  const settled = best.isVerified(given) || support >= given.consensus_threshold || solutions.length === 1
  if (settled) return best.candidate.answer()

  ctx.note('None is verified: writing the answer')
  ctx.offer(best.candidate.answer())
  const messages = withUserText(request.messages, `${reviewed(solutions)}\n\n${synthesisPrompt}`)
  return await ctx.span('synthesis', inner =>
    makeFinalCall(inner, 'the synthesis', { ...request, messages }, best.candidate),
  )
}

/** The solutions, and what was found wrong with each. */
function reviewed(solutions: Solutions): string {
  const list = listCandidates(
    'solution',
    solutions.map(({ candidate }) => candidate),
  )
  const objections = solutions.flatMap(({ findings }, index) =>
    findings.map(finding => `<objection solution="${index + 1}">\n${finding}\n</objection>`),
  )
  return [`Solutions of the above, by different people:`, list, ...objections].join('\n\n')
}
