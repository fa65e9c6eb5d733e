import { sampleEach } from '../../src/plugin.ts'
import type { Candidate, Candidates, ChatRequest, Context } from '../../src/plugin.ts'
import { withUserText } from '../lib/asking/conversation.ts'
import { listCandidates } from '../lib/asking/prompt-lists.ts'
import { tolerateFailure } from '../lib/asking/tolerate-failure.ts'
import { rewritten } from '../lib/judging/rewritten.ts'
import { Solution } from './solution.ts'
import type { Solutions } from './solution.ts'
import type { Team } from './team.ts'
import { sameLanguage } from '../lib/asking/language.ts'

const aggregationPrompt = `Now write your own solution of the above. Compare these first: keep what is right, even if only \
one of them has it, correct what is wrong, and where they contradict each other work out which is right. All of them may be \
wrong. The reader does not know them: do not mention them. \
${sameLanguage}`

/** Has each agent write a solution, all concurrently. */
export async function explore(ctx: Context, team: Team): Promise<Solutions> {
  ctx.note(`${team.size} agents look for a solution`)
  const agents = Array.from({ length: team.size }, (_, agent) => agent)
  const requests = agents.map(agent => team.requestFor(agent, team.request.messages))
  const solutions = toSolutions(await ctx.span('explore', inner => sampleEach(inner, requests)), agents)
  ctx.offer(solutions[0].candidate.answer())
  return solutions
}

/** Combines neighbouring solutions into new ones, in several loops: each loop mixes solutions that are further apart. */
export async function aggregate(ctx: Context, team: Team, solutions: Solutions): Promise<Solutions> {
  const { aggregation_loops: loops } = team.params
  let population = solutions
  for (let loop = 1; loop <= loops && population.length > 1; loop++) {
    ctx.note(`Combining ${population.length} solutions, ${loop} of ${loops}`)
    population = await combine(ctx, team, population)
  }
  return population
}

async function combine(ctx: Context, team: Team, population: Solutions): Promise<Solutions> {
  const { population_size: size, aggregation_size: maximum } = team.params
  const agents = Array.from({ length: size }, (_, index) => index % team.size)
  const requests = agents.map((agent, index) => {
    const chosen = Array.from({ length: Math.min(maximum, population.length) }, (_, offset) => {
      return population[(index + offset) % population.length]!.candidate
    })
    const text = `Solutions of the above, by different people:\n\n${listCandidates('solution', chosen)}\n\n${aggregationPrompt}`
    return team.requestFor(agent, withUserText(team.request.messages, text))
  })
  const drawn = await drawRound(
    ctx,
    'aggregate',
    requests,
    population.map(({ candidate }) => candidate),
  )
  return drawn ? toSolutions(drawn, agents) : population
}

/** Draws a round of candidates from earlier ones; returns undefined if the whole round fails or only refuses. */
export async function drawRound(
  ctx: Context,
  span: string,
  requests: readonly ChatRequest[],
  from: readonly Candidate[],
): Promise<Candidates | undefined> {
  return await ctx.span(span, inner =>
    tolerateFailure(inner, `The round "${span}"`, async () =>
      rewritten(inner, from, await sampleEach(inner, requests)),
    ),
  )
}

/** Turns candidates into solutions of the agents asked for them: one for each request, even if a provider sends more. */
function toSolutions(candidates: Candidates, agents: readonly number[]): Solutions {
  const [first, ...rest] = candidates
  const others = rest.filter(({ requestIndex }, index) => requestIndex !== candidates[index]!.requestIndex)
  const solutionOf = (candidate: (typeof candidates)[number]): Solution =>
    new Solution(candidate, agents[candidate.requestIndex]!)
  return [solutionOf(first), ...others.map(solutionOf)]
}
